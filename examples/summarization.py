"""Summarize a file, or a text of our own, and say how much shorter it became."""

import sys
from pathlib import Path

from tasks.summarization import EXAMPLES, summarize
from workbench.client import EndpointClient

text = Path(sys.argv[1]).read_text(encoding="utf-8") if len(sys.argv) > 1 else EXAMPLES[0]

with EndpointClient() as client:
    summary = summarize(text, client=client, max_length=60)

print(summary)
print(f"{len(text)} -> {len(summary)} characters")
