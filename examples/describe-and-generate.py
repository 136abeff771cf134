"""Play three rounds of describe and generate; keep what was played, also when a round fails."""

import sys
from pathlib import Path

from tasks.captioning import PICTURES
from tasks.describe_and_generate import describe_and_generate
from workbench.client import EndpointClient
from workbench.errors import WorkbenchError
from workbench.keepsakes import contact_sheet

picture = Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURES[0]
rounds = []

with EndpointClient() as client:
    try:
        for made in describe_and_generate(picture, client=client, rounds=3):
            rounds.append(made)
            print(f"{made.number}. {made.caption} (drift {made.drift:.2f})")
    except WorkbenchError as error:
        print(f"Ended after round {len(rounds)}: {error} {error.hint}")

if rounds:
    Path("rounds.png").write_bytes(contact_sheet(rounds))
