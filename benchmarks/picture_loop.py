"""How much of what a prompt names comes back, when the painter's picture is described.

Every picture goes the way a client's goes, as JPEG of quality 85. A noun or colour counts when the
caption has it in any word that the painter takes for it.
"""

from __future__ import annotations

import sys

from workbench.engines.embedded.captioner import describe
from workbench.engines.embedded.painter import paint
from workbench.engines.embedded.painter.vocabulary import Prompt, prompts
from workbench.engines.embedded.painter.words import read_words
from workbench.images import encode_image, load_image

COUNT = 200


def told_of(prompt: Prompt, seed: int) -> str:
    """The caption of a prompt's picture."""
    sent = encode_image(paint(prompt.text, seed=seed), format="jpeg")
    return describe(load_image(sent.data))


def words_of(sentence: str, role: str | None = None) -> set[str]:
    """What the painter reads in a sentence: nouns, grounds, colours, or those of one role."""
    roles = [word.roles for word in read_words(sentence)]
    return {value for own in roles for name, value in own.items() if role in (None, name)}


def main() -> None:
    asked = prompts(COUNT)
    told = [told_of(prompt, seed % 7) for seed, prompt in enumerate(asked)]
    for name in ("nouns", "colors"):
        wanted = [
            word in words_of(caption)
            for prompt, caption in zip(asked, told, strict=True)
            for word in getattr(prompt, name)
        ]
        share = sum(wanted) / len(wanted)
        print(f"{name:<8}{sum(wanted):>4} of {len(wanted):>3} come back, {share:.1%}")
    strange = sum(
        bool(words_of(caption, "noun") - set(prompt.nouns))
        for prompt, caption in zip(asked, told, strict=True)
    )
    print(f"captions that name a thing which was not asked for: {strange} of {COUNT}")
    if "--show" in sys.argv:
        for prompt, caption in zip(asked, told, strict=True):
            print(f"{prompt.text}\n    {caption}")


if __name__ == "__main__":
    main()
