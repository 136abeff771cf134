"""Keep Gradio from making the same things again and again, once an app is launched."""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary


def remember_descriptions() -> None:
    """Describe each component once, and not for each visitor.

    Gradio keeps the description of all components with each session, for links to a state of the
    page, which this app has none of; making them holds up the visitors who are there already. A
    changed component is another object, and described anew.
    """
    from gradio.blocks import BlocksConfig

    describe: Any = BlocksConfig.config_for_block
    if getattr(describe, "remembers", False):
        return
    made: WeakKeyDictionary[Any, dict[str, Any]] = WeakKeyDictionary()

    def remembered(
        number: int, rendered: list[int], block: Any, renderable: Any = None
    ) -> dict[str, Any]:
        if renderable is not None:
            described: dict[str, Any] = describe(number, rendered, block, renderable)
            return described
        if block not in made:
            made[block] = describe(number, rendered, block)
        return {**made[block], "props": {**made[block]["props"]}}

    remembered.remembers = True  # type: ignore[attr-defined]
    BlocksConfig.config_for_block = staticmethod(remembered)  # type: ignore
