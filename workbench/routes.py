"""Which variables and which model belong to a task: the course's names, and today's models."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, kw_only=True)
class Route:
    """How the target of a task is found when a person names none."""

    task: str
    variable: str
    """The environment variable that holds its target."""
    default_model: str
    """The model asked for when there is a token and no target."""

    @property
    def key_variable(self) -> str:
        """The variable of a token that goes to the host of this target alone.

        >>> NER.key_variable
        'HF_API_NER_KEY'
        """
        return self.variable.removesuffix("_BASE") + "_KEY"


SUMMARIZATION = Route(
    task="summarization",
    variable="HF_API_SUMMARY_BASE",
    default_model="facebook/bart-large-cnn",
)
NER = Route(task="ner", variable="HF_API_NER_BASE", default_model="dslim/bert-base-NER")

COURSE_ROUTES = (SUMMARIZATION, NER)
"""The tasks of the course that there are so far, in its order."""

MODEL_TASKS = MappingProxyType(
    {
        "facebook/bart-large-cnn": "summarization",
        "sshleifer/distilbart-cnn-12-6": "summarization",
        "dslim/bert-base-NER": "ner",
    }
)
"""Model id -> task, for the models of the course and our defaults."""
