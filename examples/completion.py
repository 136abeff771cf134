"""Watch a text grow, and stop it early."""

from tasks.completion import complete
from workbench.client import EndpointClient

with (
    EndpointClient() as client,
    complete("Once upon a time", client=client, max_new_tokens=200) as stream,
):
    for piece in stream:
        print(piece, end="", flush=True)
        if len(stream.text) > 120:
            break
print()
