"""Which model answers a task when a person names none, and what the course's models were for."""

from __future__ import annotations

from types import MappingProxyType

DEFAULT_MODELS = MappingProxyType(
    {"summarization": "facebook/bart-large-cnn", "ner": "dslim/bert-base-NER"}
)
"""Task -> the model asked for when there is a token and no target."""

MODEL_TASKS = MappingProxyType(
    {
        "facebook/bart-large-cnn": "summarization",
        "sshleifer/distilbart-cnn-12-6": "summarization",
        "dslim/bert-base-NER": "ner",
    }
)
"""Model id -> task, for the models of the course and our defaults."""
