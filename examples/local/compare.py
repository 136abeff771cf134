"""One prompt to two models, the same way: what each says, and how long it takes.

python examples/local/compare.py "Why is the sky blue?" local:./mine org/model:auto
"""

import sys
from time import perf_counter

from tasks.chat import respond
from workbench.client import EndpointClient
from workbench.errors import WorkbenchError

PROMPT = "Why is the sky blue?"
TARGETS = ["local:HuggingFaceTB/SmolLM2-135M-Instruct", "embedded:talker"]


def ask(prompt: str, client: EndpointClient) -> None:
    with respond("Hi", client=client, max_new_tokens=1) as pieces:
        list(pieces)  # loads the model, or wakes it, which isn't to be counted
    started, first = perf_counter(), None
    with (
        client.recording() as exchanges,
        respond(prompt, client=client, max_new_tokens=200, temperature=0) as pieces,
    ):
        for piece in pieces:
            first = first or perf_counter() - started
            print(piece, end="", flush=True)
    whole = perf_counter() - started
    times = f"begun after {first or whole:.2f} s, done after {whole:.2f} s"
    print(f"\n[{exchanges[0].engine}: {times}]")


if __name__ == "__main__":
    with EndpointClient() as client:
        for target in sys.argv[2:] or TARGETS:
            print(f"\n--- {target}")
            try:
                ask((sys.argv[1:2] or [PROMPT])[0], client.using(target))
            except WorkbenchError as error:
                print(f"{error}. {error.hint}")
