"""Tokens as text: whole characters, stop strings, special tokens."""

from __future__ import annotations

import random

import pytest
from tiny_speech import SENTENCES, tiny_llama

from workbench.engines.local.tokens import Decoder, Tokens, special_ids

pytest.importorskip("transformers")


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory):
    """Bytes and pairs of them, <|im_start|>, and <|im_end|> which ends."""
    import transformers

    return transformers.AutoTokenizer.from_pretrained(tiny_llama(tmp_path_factory.mktemp("llama")))


@pytest.fixture(scope="module")
def pieces():
    """A vocabulary as Llama 2 has it: ▁ for a space, bytes for what is not in it."""
    import tokenizers
    import transformers
    from tokenizers import decoders, models, normalizers, trainers

    made = tokenizers.Tokenizer(models.BPE(byte_fallback=True, unk_token="<unk>"))
    made.normalizer = normalizers.Sequence(
        [normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")]
    )
    trainer = trainers.BpeTrainer(
        vocab_size=500,
        special_tokens=["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256))],
        show_progress=False,
    )
    made.train_from_iterator(["▁the▁user▁asks▁the▁assistant", "▁pictures▁at▁all"], trainer)
    made.decoder = decoders.Sequence(
        [
            decoders.Replace("▁", " "),
            decoders.ByteFallback(),
            decoders.Fuse(),
            decoders.Strip(" ", 1, 0),
        ]
    )
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=made, bos_token="<s>", eos_token="</s>", unk_token="<unk>"
    )


def said(tokens, ids):
    """Every token that becomes of the ids."""
    return [token for each in ids for token in tokens.add(each, 0.0)]


def test_pieces_join_to_the_whole(tokenizer):
    """Whatever bytes and special tokens come, their texts are together what the whole decodes to.

    There is one token for each id, in order.
    """
    chance = random.Random(1)  # noqa: S311
    for _ in range(300):
        ids = [chance.randrange(len(tokenizer)) for _ in range(chance.randint(1, 40))]
        if chance.random() < 0.5:
            ids = tokenizer.encode(chance.choice(SENTENCES))[: len(ids)]
        made = said(Tokens(tokenizer, most=len(ids)), ids)
        assert [token.id for token in made] == ids
        assert "".join(token.text for token in made) == tokenizer.decode(ids)
        special = special_ids(tokenizer)
        for token in made:
            assert token.special == (token.id in special)
            assert not token.special or token.text == tokenizer.decode([token.id])


def test_no_half_character_is_shown(tokenizer):
    """A character of several tokens comes whole with the last of them."""
    ids = tokenizer.encode("ü😀é!")
    decoder = Decoder(tokenizer)
    texts = [decoder.feed(each) for each in ids]
    assert "".join(texts) == "ü😀é!"
    assert not any("\ufffd" in text for text in texts)
    assert len(ids) > 4


def test_spaces_are_those_of_the_whole(pieces):
    """Where a decoder strips the space of the first token, the one after a prompt keeps its own."""
    prompt, text = "the user", " asks ü 😀 the assistant"
    before = pieces.encode(prompt)
    ids = pieces.encode(prompt + text)[len(before) :]
    decoder = Decoder(pieces, before)
    assert "".join(decoder.feed(each) for each in ids) == text
    assert pieces.decode(ids) == text[1:]


def test_text_before_a_special_token_is_not_lost(tokenizer):
    """Half a character before the end belongs to the token before, not to the special one."""
    half = tokenizer.encode("😀")[:-1]
    end = tokenizer.eos_token_id
    made = said(Tokens(tokenizer, most=99, ends=[end]), [*tokenizer.encode("so "), *half, end])
    assert made[-1].text == "<|im_end|>"
    assert made[-1].special
    assert made[-1].finish == "eos_token"
    assert "".join(token.text for token in made[:-1]) == "so \ufffd"


def test_half_a_character_at_the_length_is_shown(tokenizer):
    """What is cut by the length is told as it is."""
    half = tokenizer.encode("😀")[:1]
    (token,) = said(Tokens(tokenizer, most=1), half)
    assert (token.text, token.finish) == ("\ufffd", "length")


@pytest.mark.parametrize(
    ("stop", "shown"),
    [
        ("assistant", "The user asks the assistant"),
        ("s t", "The user asks t"),
        ("Th", "Th"),
        ("nobody", "The user asks the assistant a question"),
    ],
)
def test_stop_strings(tokenizer, stop, shown):
    """The text ends with the stop string, wherever in tokens it is; nothing comes after it."""
    ids = tokenizer.encode("The user asks the assistant a question")
    tokens = Tokens(tokenizer, most=len(ids) + 1, stops=("", stop))
    made = []
    for each in ids:
        made += tokens.add(each, 0.0)
        if tokens.finish:
            break
    assert "".join(token.text for token in made) == shown
    assert made[-1].finish == (None if stop == "nobody" else "stop_sequence")


def test_stops_lie_across_tokens_and_inside_one(tokenizer):
    """The cases above are what they say: one stop spans tokens, another ends within one."""
    texts = [tokenizer.decode([each]) for each in tokenizer.encode("The user asks the assistant")]
    assert not any("s t" in text for text in texts)
    assert any(text.startswith(" t") and len(text) > 2 for text in texts)


def test_a_special_token_may_be_a_stop(tokenizer):
    """A caller can end an answer at a special token that isn't the model's end."""
    start = tokenizer.convert_tokens_to_ids("<|im_start|>")
    made = said(Tokens(tokenizer, most=9, stops=["<|im_start|>"]), [*tokenizer.encode("a"), start])
    assert [(token.text, token.finish) for token in made] == [
        ("a", None),
        ("<|im_start|>", "stop_sequence"),
    ]
