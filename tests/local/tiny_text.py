"""Tiny random models that read text, saved to a folder as real ones are: no weight is learned."""

from __future__ import annotations

import random
from pathlib import Path
from typing import NamedTuple

from workbench.engines.local.loaded import Kind, Loaded
from workbench.local_options import LocalOptions

SENTENCES = (
    "The Eiffel Tower was built for the World's Fair of 1889 in Paris.",
    "Ada Lovelace lived in London and wrote to Charles Babbage about his engine.",
    "Honey bees decide together where to live when a colony has grown too large.",
    "Marie Curie worked at the Sorbonne; Microsoft and the United Nations did not exist.",
    "Gustave Eiffel's company designed it in a little over two years, it's said.",
    "Dr. Müller from Zürich met José in São Paulo, and they don't agree.",
    "What saved the tower was the radio: its height made it the best antenna.",
    "Sylvain Gugger works at Hugging Face in New York, not in Washington, D.C.!",
)
WORDS = tuple(sorted({word.strip(".,;:!?") for text in SENTENCES for word in text.split()}))
LABELS = ("O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC", "MISC")
_ODD = (
    "naïve",
    "東京",
    "你好，世界。",
    "Привет",
    "😀",
    "👩‍🔬",
    "U.S.",
    "don't",
    "e-mail",
    "3.14",
    "''",
)
_MARKS = (".", ",", "!", "?", ";", "-", "(", ")", "'", '"', "…", "/", "&")


def random_texts(count: int) -> tuple[str, ...]:
    """Words, halves of words, other cases and scripts, marks, and spaces of several sorts."""
    chance = random.Random(0)  # noqa: S311
    return tuple(_random_text(chance) for _ in range(count))


def tiny_bart(folder: Path) -> Path:
    """A summarizer with the settings of facebook/bart-large-cnn, but for shorter summaries."""
    import torch
    from transformers import BartConfig, BartForConditionalGeneration, GenerationConfig

    tokenizer = _byte_level(model_max_length=1024)
    torch.manual_seed(1)
    config = BartConfig(
        vocab_size=len(tokenizer),
        d_model=16,
        encoder_layers=1,
        decoder_layers=1,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=32,
        decoder_ffn_dim=32,
        max_position_embeddings=1024,
        init_std=0.5,
    )
    model = BartForConditionalGeneration(config)
    model.generation_config = GenerationConfig(
        bos_token_id=0,
        pad_token_id=1,
        eos_token_id=2,
        decoder_start_token_id=2,
        forced_bos_token_id=0,
        forced_eos_token_id=2,
        early_stopping=True,
        length_penalty=2.0,
        max_length=24,
        min_length=8,
        no_repeat_ngram_size=3,
        num_beams=4,
    )
    return _saved(folder, model, tokenizer)


def tiny_t5(folder: Path) -> Path:
    """A summarizer whose config says what it does for which task, as that of t5-small."""
    import torch
    from transformers import T5Config, T5ForConditionalGeneration, T5Tokenizer

    tokenizer = T5Tokenizer(
        vocab=_unigram(("<pad>", "</s>", "<unk>")), extra_ids=2, model_max_length=512
    )
    torch.manual_seed(2)
    config = T5Config(
        vocab_size=len(tokenizer),
        d_model=16,
        d_kv=8,
        d_ff=32,
        num_layers=1,
        num_heads=2,
        decoder_start_token_id=0,
        initializer_factor=3.0,
    )
    config.task_specific_params = {
        "summarization": {
            "early_stopping": True,
            "length_penalty": 2.0,
            "max_length": 20,
            "min_length": 6,
            "no_repeat_ngram_size": 3,
            "num_beams": 4,
            "prefix": "summarize: ",
        },
        "translation_en_to_de": {"max_length": 300, "prefix": "translate English to German: "},
    }
    return _saved(folder, T5ForConditionalGeneration(config), tokenizer)


def tiny_bert_ner(folder: Path) -> Path:
    """A tagger on WordPiece: its vocabulary has some words whole, the others in pieces."""
    import torch
    from transformers import BertConfig, BertForTokenClassification, BertTokenizer

    chance = random.Random(3)  # noqa: S311
    pieces: dict[str, None] = dict.fromkeys(("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"))
    letters = sorted({letter for word in WORDS for letter in word})
    pieces.update(dict.fromkeys((*letters, *_MARKS[:9], *(f"##{letter}" for letter in letters))))
    for word in WORDS:
        cut = chance.randint(1, len(word))
        pieces.update(dict.fromkeys((word,) if cut == len(word) else (word[:cut],)))
        if cut < len(word):
            pieces[f"##{word[cut:]}"] = None
    vocabulary = {piece: number for number, piece in enumerate(pieces)}
    tokenizer = BertTokenizer(vocab=vocabulary, do_lower_case=False, model_max_length=512)
    torch.manual_seed(3)
    config = BertConfig(vocab_size=len(vocabulary), max_position_embeddings=512, **_tagger())
    return _saved(folder, _sharp(BertForTokenClassification(config), 6), tokenizer)


def tiny_roberta_ner(folder: Path) -> Path:
    """A tagger on byte-level BPE; two of its 130 positions are never used, as in RoBERTa."""
    import torch
    from transformers import RobertaConfig, RobertaForTokenClassification

    tokenizer = _byte_level()
    torch.manual_seed(4)
    config = RobertaConfig(vocab_size=len(tokenizer), max_position_embeddings=130, **_tagger())
    return _saved(folder, _sharp(RobertaForTokenClassification(config), 2), tokenizer)


def tiny_xlmr_ner(folder: Path) -> Path:
    """A tagger on SentencePiece's unigrams, which mark the start of words."""
    import torch
    from transformers import (
        XLMRobertaConfig,
        XLMRobertaForTokenClassification,
        XLMRobertaTokenizer,
    )

    tokenizer = XLMRobertaTokenizer(
        vocab=_unigram(("<s>", "<pad>", "</s>", "<unk>")), model_max_length=512
    )
    torch.manual_seed(5)
    config = XLMRobertaConfig(vocab_size=len(tokenizer), max_position_embeddings=514, **_tagger())
    return _saved(folder, _sharp(XLMRobertaForTokenClassification(config), 0), tokenizer)


def loaded_text(folder: Path, kind: Kind) -> Loaded:
    """The model in *folder*, on the CPU: "seq2seq" or "tagger"."""
    from workbench.engines.local.loading import load

    return load(_Folder(str(folder), folder), kind, LocalOptions(device="cpu", dtype="float32"))


class _Folder(NamedTuple):
    name: str
    folder: Path


def _random_text(chance: random.Random) -> str:
    text = ""
    for _ in range(chance.randint(1, 12)):
        word = chance.choice(WORDS)
        kind = chance.random()
        if kind < 0.15:
            word = chance.choice(_ODD)
        elif kind < 0.3:
            word = word[: chance.randint(1, len(word))] + chance.choice(WORDS)[-3:]
        elif kind < 0.4:
            word = chance.choice((word.upper(), word.lower(), word.title()))
        elif kind < 0.5:
            word += chance.choice(_MARKS)
        elif kind < 0.55:
            word = chance.choice(_MARKS)
        text += word + chance.choice((" ", " ", " ", " ", "  ", "", "\n", "-", "\u00a0"))
    return text.rstrip() if chance.random() < 0.8 else text


def _tagger() -> dict[str, object]:
    return {
        "hidden_size": 16,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "intermediate_size": 32,
        "id2label": dict(enumerate(LABELS)),
        "label2id": {label: number for number, label in enumerate(LABELS)},
        "initializer_range": 0.5,
    }


def _sharp(model, outside: float):
    """*model* surer of its labels, which then vary from token to token; some O more often."""
    import torch

    with torch.no_grad():
        model.base_model.embeddings.word_embeddings.weight.mul_(4)
        model.classifier.weight.mul_(2)
        model.classifier.bias[0] += outside
    return model


def _byte_level(**options):
    import json

    from tokenizers import Tokenizer, models, pre_tokenizers, trainers
    from transformers import RobertaTokenizer

    learner = Tokenizer(models.BPE())
    learner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=500,
        special_tokens=["<s>", "<pad>", "</s>", "<unk>", "<mask>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    learner.train_from_iterator(SENTENCES, trainer)
    learned = json.loads(learner.to_str())["model"]
    merges = [tuple(merge) for merge in learned["merges"]]
    return RobertaTokenizer(vocab=learned["vocab"], merges=merges, **options)


def _unigram(special: tuple[str, ...]) -> list[tuple[str, float]]:
    letters = sorted({letter for text in SENTENCES for letter in text if letter != " "})
    scores = {"▁": -3.0} | dict.fromkeys(letters, -6.0)
    for number, word in enumerate(WORDS):
        scores.setdefault(f"▁{word[:4]}", -4.0 - number / 100)
        scores.setdefault(word[4:] or word, -4.5 - number / 100)
    return [(token, 0.0) for token in special] + list(scores.items())


def _saved(folder: Path, model, tokenizer) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    model.eval().save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
