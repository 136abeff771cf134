"""Completion and chat on a model of transformers, token by token."""

from __future__ import annotations

import queue
import secrets
import threading
from collections.abc import Generator, Sequence
from dataclasses import replace
from typing import Any

from workbench.chat.conversation import Message
from workbench.engines.generation.rules import Invalid, Wanted, check_length
from workbench.engines.generation.speech import Speech, Token
from workbench.engines.local.loaded import Loaded
from workbench.engines.local.sampling import Chooser, Sampling, read_sampling
from workbench.engines.local.tokens import Tokens
from workbench.engines.local.turns import Turns, read_prompt, read_turns, tokenizer_of

MOST_NEW_TOKENS = 1024
"""Tokens of an answer whose caller sets no bound."""
_UNKNOWN_LENGTH = 2048
_LONGEST_KNOWN = 10**9  # tokenizers that know no length say 10**30
_LENGTHS = (
    *("max_position_embeddings", "n_positions", "max_sequence_length"),
    *("max_seq_len", "seq_length", "n_ctx"),
)
_TICK_S = 0.05
_SHARE = 4
_SEED_BITS = 32


def complete(loaded: Loaded, prompt: str, wanted: Wanted, gone: threading.Event) -> Speech:
    """Continue *prompt*, greedily unless *wanted* says otherwise.

    Nothing runs before the first of the tokens is asked for; see `reply` for what is raised.
    """
    if not prompt:
        raise Invalid("`inputs` cannot be empty")
    inputs = read_prompt(loaded, prompt)
    if wanted.truncate is not None:
        inputs = {name: value[:, -wanted.truncate :] for name, value in inputs.items()}
    return _speech(loaded, Turns(inputs=inputs), wanted, read_sampling(wanted.sampling), gone)


def reply(
    loaded: Loaded, messages: Sequence[Message], wanted: Wanted, gone: threading.Event
) -> Speech:
    """Say what comes next in a conversation; how the model samples by itself counts here.

    An answer may be shorter than asked for, as long as a quarter of all tokens is left for it:
    pages ask for more than small models hold. Raises Invalid where prompt and answer are more
    tokens than fit, and Refusal for a conversation that the model can't take. The tokens raise
    ConnectionAbortedError once *gone* is set, and what the model raises. Closing them returns when
    the model is free, within one token; while it reads the prompt, after that.
    """
    sampling = read_sampling(wanted.sampling, loaded.model.generation_config)
    turns = read_turns(loaded, messages)
    most = max_total_tokens(loaded)
    room = most - turns.inputs["input_ids"].shape[1]
    if wanted.max_new_tokens is not None and most // _SHARE <= room < wanted.max_new_tokens:
        wanted = replace(wanted, max_new_tokens=room)
    return _speech(loaded, turns, wanted, sampling, gone)


def max_total_tokens(loaded: Loaded) -> int:
    """Tokens of a prompt and its answer together, at most."""
    config = loaded.model.config.get_text_config()
    found = (getattr(config, name, None) for name in _LENGTHS)
    known = next((length for length in found if isinstance(length, int) and length > 0), None)
    own = tokenizer_of(loaded).model_max_length
    if isinstance(own, int) and 0 < own < _LONGEST_KNOWN:
        return min(own, known or own)
    return known or _UNKNOWN_LENGTH


def _speech(
    loaded: Loaded, turns: Turns, wanted: Wanted, sampling: Sampling, gone: threading.Event
) -> Speech:
    prompt = turns.inputs["input_ids"][0].tolist()
    room = max_total_tokens(loaded)
    check_length(len(prompt), wanted, room)
    if not prompt:
        raise Invalid("`inputs` cannot be empty")
    seed = wanted.seed
    if sampling.samples and seed is None:
        seed = secrets.randbits(_SEED_BITS)
    most = wanted.max_new_tokens or min(room - len(prompt), MOST_NEW_TOKENS)
    tokens = Tokens(
        tokenizer_of(loaded),
        prompt,
        most=most,
        ends=_ends(loaded),
        stops=(*wanted.stop, *turns.stops),
    )
    work = _Work(loaded, turns.inputs, Chooser(sampling, seed), tokens, most, gone)
    return Speech(
        tokens=_said(work, gone),
        engine=loaded.engine + (f"; template {turns.template}" if turns.template else ""),
        input_tokens=len(prompt),
        seed=seed if sampling.samples else None,
        stops=turns.stops,
    )


def _ends(loaded: Loaded) -> frozenset[int]:
    """The ids that end an answer: the model's and the tokenizer's, which may differ."""
    own = loaded.model.generation_config.eos_token_id
    ends = own if isinstance(own, list | tuple) else [own]
    return frozenset(
        end for end in (*ends, tokenizer_of(loaded).eos_token_id) if end is not None and end >= 0
    )


class _Work:
    """One call of `generate`, to be run in a thread of its own.

    A stopping criterion hands on the tokens, not a streamer: it is asked before the next forward,
    which a stop string thereby saves, and is given the ids as well.
    """

    def __init__(
        self,
        loaded: Loaded,
        inputs: dict[str, Any],
        chooser: Chooser,
        tokens: Tokens,
        most: int,
        gone: threading.Event,
    ) -> None:
        self.said: queue.SimpleQueue[Token | BaseException | None] = queue.SimpleQueue()
        """The tokens, what was raised, and None at the end."""
        self.left = threading.Event()
        self._loaded = loaded
        self._inputs = inputs
        self._chooser = chooser
        self._tokens = tokens
        self._most = most
        self._gone = gone

    def run(self) -> None:
        try:
            self._generate()
        except BaseException as exc:  # noqa: BLE001 - it is raised where the tokens are read
            self.said.put(exc)
        finally:
            self.said.put(None)

    def _generate(self) -> None:
        import transformers

        from workbench.engines.local.steps import own_settings

        settings: Any = transformers.GenerationConfig
        model = self._loaded.model
        ends = sorted(_ends(self._loaded))
        config = settings(
            do_sample=False,
            num_beams=1,
            max_new_tokens=self._most,
            eos_token_id=ends or None,
            pad_token_id=ends[0] if ends else 0,
            use_cache=True,
        )
        inputs = {name: self._placed(value) for name, value in self._inputs.items()}
        with own_settings(model, settings()):
            model.generate(
                **inputs,
                generation_config=config,
                logits_processor=[self._chooser],
                stopping_criteria=[self._heard],
            )

    def _placed(self, value: Any) -> Any:
        if not hasattr(value, "to"):
            return value
        if value.is_floating_point():
            value = value.to(self._loaded.model.dtype)
        return value.to(self._loaded.model.device)

    def _heard(self, ids: Any, scores: Any) -> Any:  # noqa: ARG002 - as generate calls it
        if self._tokens.finish is None:
            for token in self._tokens.add(int(ids[0, -1]), self._chooser.logprob):
                self.said.put(token)
        over = bool(self._tokens.finish) or self.left.is_set() or self._gone.is_set()
        return ids.new_full((1,), over).bool()


def _said(work: _Work, gone: threading.Event) -> Generator[Token | None, None, None]:
    from workbench.engines.local.steps import raise_if_left

    thread = threading.Thread(target=work.run, name="generate", daemon=True)
    raise_if_left(gone)
    thread.start()
    try:
        while True:
            try:
                said = work.said.get(timeout=_TICK_S)
            except queue.Empty:
                raise_if_left(gone)
                yield None
                continue
            raise_if_left(gone)
            if said is None:
                return
            if isinstance(said, BaseException):
                raise said
            yield said
    finally:
        work.left.set()
        thread.join()
