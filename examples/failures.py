"""Every failure is one family: show its cause and the next step, whatever went wrong."""

from tasks.ner import find_entities
from workbench.client import EndpointClient
from workbench.errors import WorkbenchError

with EndpointClient() as client:
    for target in ("http://127.0.0.1:9/nobody-here", "org/model:fal-ai", "nonsense"):
        try:
            find_entities("Ada Lovelace", client=client.using(target))
        except WorkbenchError as error:
            print(f"{error.kind}: {error}\n  {error.hint}")
