"""Which variables and which model belong to a task: the course's names, and today's models."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from workbench.targets import Protocol


@dataclass(frozen=True, kw_only=True)
class Route:
    """How the target of a task is found when a person names none."""

    task: str
    variable: str
    """The environment variable that holds its target."""
    default_model: str
    """The model asked for when there is a token and no target."""
    hosted: Protocol = "hf"
    """What a model at Hugging Face (`org/model`) is spoken to with."""
    addressed: tuple[Protocol, ...] = ("hf",)
    """What may be spoken to an address; the first where the target doesn't say."""

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
CAPTIONING = Route(
    task="captioning",
    variable="HF_API_ITT_BASE",
    default_model="google/gemma-4-31B-it",
    hosted="chat",
    addressed=("hf", "chat"),
)
TEXT_TO_IMAGE = Route(
    task="text-to-image",
    variable="HF_API_TTI_BASE",
    default_model="black-forest-labs/FLUX.1-schnell:nscale",
    hosted="provider",
)

COMPLETION = Route(
    task="completion",
    variable="HF_API_FALCOM_BASE",
    default_model="meta-llama/Llama-3.1-8B-Instruct",
    hosted="chat",
    addressed=("tgi", "chat"),
)

CHAT = Route(
    task="chat",
    variable="HF_API_CHAT_BASE",
    default_model="meta-llama/Llama-3.1-8B-Instruct",
    hosted="chat",
    addressed=("chat", "tgi"),
)
"""Its target may also be the name of a chat model."""

COURSE_ROUTES = (SUMMARIZATION, NER, CAPTIONING, TEXT_TO_IMAGE, COMPLETION)
"""The tasks of the course that there are so far, in its order."""

MODEL_TASKS = MappingProxyType(
    {
        "facebook/bart-large-cnn": "summarization",
        "sshleifer/distilbart-cnn-12-6": "summarization",
        "dslim/bert-base-NER": "ner",
        "Salesforce/blip-image-captioning-base": "captioning",
        "stable-diffusion-v1-5/stable-diffusion-v1-5": "text-to-image",
        "runwayml/stable-diffusion-v1-5": "text-to-image",
        "stabilityai/stable-diffusion-3-medium-diffusers": "text-to-image",
        "black-forest-labs/FLUX.1-schnell": "text-to-image",
    }
)
"""Model id -> task, for the models of the course and our defaults."""
