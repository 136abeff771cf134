"""What the interface says: status lines and failures, each in one place."""

from __future__ import annotations

import html
from itertools import takewhile

from workbench.endpoints import Endpoint
from workbench.errors import WorkbenchError
from workbench.exchanges import Exchange, Recording, Waiting
from workbench.language import translate, translate_facts

_SLOW_S = 8.0


def failure_text(error: WorkbenchError) -> str:
    """Cause and next step, as one line in the current language.

    >>> failure_text(WorkbenchError("the model is gone.", hint="Choose another."))
    'The model is gone. Choose another.'
    """
    cause, hint = translate(str(error).strip()), translate(error.hint)
    if cause.split(" ", 1)[0].isalpha():
        cause = cause[0].upper() + cause[1:]
    if cause and cause[-1] not in ".!?…。！？":
        cause += "." if cause[-1].isascii() else "。"
    return f"{cause}{'' if cause.endswith(('。', '！', '？')) else ' '}{hint}".strip()


def progress_text(elapsed_s: float, waiting: Waiting | None) -> str:
    """What a person reads while a call is under way."""
    seconds = f"{elapsed_s:.0f} s"
    if waiting is not None and not waiting.again:
        return (
            waiting.message if waiting.message.endswith(" s") else f"{waiting.message} · {seconds}"
        )
    if waiting is not None and elapsed_s < waiting.elapsed_s + waiting.wait_s:
        left = waiting.elapsed_s + waiting.wait_s - elapsed_s
        verb = {"waking": "The endpoint is waking up", "loading": "The model is loading"}.get(
            waiting.kind, waiting.message
        )
        return f"{verb} · {seconds} · trying again in {max(left, 1):.0f} s"
    if waiting is not None:
        return f"Trying again · attempt {waiting.attempt + 1} · {seconds}"
    if elapsed_s > _SLOW_S:
        return f"Still waiting · {seconds} · a cold model is loaded first, which takes a while"
    return f"Working · {seconds}"


def nearby_text(endpoint: Endpoint) -> str:
    """Who answers where no host is called; empty for a host.

    >>> nearby_text(Endpoint(task="ner", target="embedded", url="embedded://engine/ner"))
    'Answered in this process: no key, no network.'
    """
    if endpoint.is_local:
        return "Answered by a model on this machine, fetched first if it isn't here."
    return "Answered in this process: no key, no network." if endpoint.in_process else ""


def done_text(recording: Recording) -> str:
    """Who answered, and how long it took."""
    if not len(recording):
        return "Done without a call."
    last_of_each = {exchange.task: exchange for exchange in recording}.values()
    facts = list(dict.fromkeys(map(_who, last_of_each)))
    total_s = sum(exchange.elapsed_s for exchange in recording)
    facts.append(f"{total_s * 1000:,.0f} ms")
    if len(recording) > 1:
        facts.append(f"{len(recording)} calls")
    attempts = sum(exchange.attempts for exchange in recording)
    if attempts > len(recording):
        facts.append(f"{attempts} attempts")
    return " · ".join(facts)


def request_text(recording: Recording) -> str:
    """The exact request of the last call, if there was one; its notes in the current language."""
    if not len(recording):
        return ""
    lines = recording[len(recording) - 1].as_curl().split("\n")
    notes = list(takewhile(lambda line: line.startswith("# "), lines))
    said = [f"# {translate(note[2:])}" for note in notes]
    return "\n".join([*said, *lines[len(notes) :]])


def _who(exchange: Exchange) -> str:
    if exchange.url.startswith("local:"):
        return exchange.engine.partition("; ")[2] or exchange.engine
    engine = exchange.engine.replace("; ", " engine, ", 1)
    said = translate(engine)
    return said if exchange.model is None else f"{exchange.model} {translate('at')} {said}"


def is_busy(status: str | None) -> bool:
    """Whether a status line, as HTML, tells of something under way.

    >>> is_busy(status_html("Working", "busy")), is_busy(status_html("Ready."))
    (True, False)
    """
    return (status or "").startswith('<div class="wb-status busy"')


def status_html(text: str, state: str = "") -> str:
    """A status line in the current language; *text* may come from anywhere and is escaped.

    Facts that are set apart by a point are translated one by one.

    >>> status_html("<b>", "failed")
    '<div class="wb-status failed" role="status">&lt;b&gt;</div>'
    """
    # A line that changes every second would be read out every second.
    role = "" if state == "busy" else ' role="status"'
    return f'<div class="wb-status {state}"{role}>{html.escape(translate_facts(text))}</div>'
