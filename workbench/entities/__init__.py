"""Named entities made of a model's tokens: one entry for each whole name, placed in the text."""

from workbench.entities.merge import merge_tokens, raw_entities
from workbench.entities.types import Entity, entity_type

__all__ = ["Entity", "entity_type", "merge_tokens", "raw_entities"]
