"""Tiny random models that write, saved to a folder as real ones are: no weight is learned.

What they say is bytes of every sort, and hardly ever ends by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from workbench.engines.local.loaded import Kind, Loaded

SENTENCES = (
    "The user asks the assistant a question, and the assistant answers it kindly.",
    "Müller und José trinken Tee in São Paulo; naïve façades, über alles.",
    "東京は日本の首都です。你好，世界。 Привет, мир! 😀 👩‍🔬 €5",
    "Once upon a time there was a falcon who could not see pictures at all.",
)
CHATML = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content']"
    " + '<|im_end|>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
STRICT = (
    "{% for message in messages %}"
    "{% if message['role'] == 'system' %}{{ raise_exception('System role not supported') }}"
    "{% endif %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}"
    "{{ raise_exception('Roles must alternate user/assistant/user/assistant') }}{% endif %}"
    "{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
FALCON = (
    "{% for message in messages %}{% if not loop.first %}{{ '\n\n' }}{% endif %}"
    "{{ message['role'].title() + ': ' + message['content'] }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '\n\nAssistant:' }}{% endif %}"
)
SEEING = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' }}"
    "{% for part in message['content'] %}{% if part['type'] == 'image' %}{{ '<image>' }}"
    "{% else %}{{ part['text'] }}{% endif %}{% endfor %}{{ '<|im_end|>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)


def tiny_llama(folder: Path, *, template: str | None = CHATML, length: int = 512) -> Path:
    """Llama with a byte-level vocabulary and a template like that of Qwen."""
    import transformers

    tokenizer = _tokenizer(("<|endoftext|>", "<|im_start|>", "<|im_end|>"), "<|im_end|>")
    tokenizer.chat_template = template
    config = transformers.LlamaConfig(
        vocab_size=len(tokenizer),
        max_position_embeddings=length,
        bos_token_id=None,
        num_key_value_heads=2,
        intermediate_size=64,
        **_ends(tokenizer),
    )
    return _saved(folder, transformers.LlamaForCausalLM, config, tokenizer)


def tiny_falcon(folder: Path, *, template: str | None = None) -> Path:
    """Falcon; its own template, FALCON, has no mark but the names of those who speak."""
    import transformers

    tokenizer = _tokenizer(("<|endoftext|>",), "<|endoftext|>")
    tokenizer.chat_template = template
    config = transformers.FalconConfig(
        vocab_size=len(tokenizer),
        new_decoder_architecture=False,
        multi_query=True,
        alibi=False,
        max_position_embeddings=256,
        bos_token_id=tokenizer.eos_token_id,
        **_ends(tokenizer),
    )
    return _saved(folder, transformers.FalconForCausalLM, config, tokenizer)


def tiny_gpt2(folder: Path) -> Path:
    """GPT-2: no template, and no more than 64 tokens."""
    import transformers

    tokenizer = _tokenizer(("<|endoftext|>",), "<|endoftext|>")
    config = transformers.GPT2Config(
        vocab_size=len(tokenizer),
        n_positions=64,
        n_embd=32,
        n_layer=2,
        n_head=4,
        bos_token_id=tokenizer.eos_token_id,
        eos_token_id=tokenizer.eos_token_id,
    )
    return _saved(folder, transformers.GPT2LMHeadModel, config, tokenizer)


def tiny_llava(folder: Path) -> Path:
    """LLaVA: a tiny CLIP that looks at 30 × 30 pixels, and a tiny Llama that talks of them."""
    import transformers

    tokenizer = _tokenizer(("<|endoftext|>", "<|im_start|>", "<|im_end|>", "<image>"), "<|im_end|>")
    text = transformers.LlamaConfig(
        vocab_size=len(tokenizer),
        max_position_embeddings=512,
        num_key_value_heads=2,
        intermediate_size=64,
        bos_token_id=None,
        **_ends(tokenizer),
    )
    seen = transformers.CLIPVisionConfig(
        hidden_size=32,
        intermediate_size=64,
        projection_dim=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        image_size=30,
        patch_size=10,
    )
    config = transformers.LlavaConfig(
        vision_config=seen,
        text_config=text,
        image_token_id=tokenizer.convert_tokens_to_ids("<image>"),
    )
    size = {"height": 30, "width": 30}
    pictures = transformers.CLIPImageProcessor(size={"shortest_edge": 30}, crop_size=size)
    processor = transformers.LlavaProcessor(
        pictures,
        tokenizer,
        patch_size=10,
        vision_feature_select_strategy="default",
        num_additional_image_tokens=1,
        chat_template=SEEING,
    )
    return _saved(folder, transformers.LlavaForConditionalGeneration, config, processor)


def loaded(folder: Path, kind: Kind = "writer") -> Loaded:
    """The model of a folder, as the engine lends it."""
    import transformers

    sees = kind == "vision-chat"
    auto = transformers.AutoModelForImageTextToText if sees else transformers.AutoModelForCausalLM
    reader = transformers.AutoProcessor if sees else transformers.AutoTokenizer
    model = auto.from_pretrained(folder).eval()
    return Loaded(
        name=folder.name, kind=kind, model=model, processor=reader.from_pretrained(folder)
    )


def _tokenizer(special: tuple[str, ...], end: str):
    """Byte-level BPE of the sentences, with every byte in it."""
    import tokenizers
    import transformers
    from tokenizers import decoders, models, pre_tokenizers, trainers

    made = tokenizers.Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=400,
        special_tokens=list(special),
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    made.train_from_iterator(SENTENCES, trainer)
    tokenizer = transformers.PreTrainedTokenizerFast(
        tokenizer_object=made, eos_token=end, pad_token=special[0]
    )
    others = [name for name in special if name not in (end, special[0])]
    if others:
        tokenizer.add_special_tokens({"additional_special_tokens": others})
    return tokenizer


def _ends(tokenizer) -> dict[str, int]:
    """The shape that the models share, and the token at which they end."""
    return {
        "eos_token_id": tokenizer.eos_token_id,
        "hidden_size": 32,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
    }


def _saved(folder: Path, kind, config, reader) -> Path:
    import torch

    torch.manual_seed(5)
    model = kind(config)
    with torch.no_grad():
        for weights in model.parameters():  # so that tokens differ in how likely they are
            weights.mul_(3)
    model.save_pretrained(folder)
    reader.save_pretrained(folder)
    return folder


@contextmanager
def scoring(lent: Loaded, scores: Callable[[int], Mapping[int, float]]) -> Iterator[list[int]]:
    """The model finds these tokens likely, others not, at each step; yields the steps so far.

    Whatever *scores* raises, the model raises.
    """
    import torch

    steps: list[int] = []

    def replaced(module, given, made):
        steps.append(len(steps))
        made = torch.full_like(made, -50.0)
        for token, score in scores(steps[-1]).items():
            made[..., token] = score
        return made

    hook = lent.model.get_output_embeddings().register_forward_hook(replaced)
    try:
        yield steps
    finally:
        hook.remove()


def saying(lent: Loaded, ids: Sequence[int]):
    """The model says these tokens, and then the last of them again and again."""
    return scoring(lent, lambda step: {ids[min(step, len(ids) - 1)]: 0.0})
