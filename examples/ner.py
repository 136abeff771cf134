"""Find the entities of a text and print them."""

from tasks.ner import find_entities
from workbench.client import EndpointClient

TEXT = "Marie Curie was born in Warsaw and worked at the University of Paris."

with EndpointClient() as client:
    for entity in find_entities(TEXT, client=client):
        print(f"{entity['entity_group']}: {entity['word']}")
