"""Tiny random models that describe pictures or make them, each built the same every time.

Each function saves one to a folder, as the Hub has it, and returns that folder. Their weights are
drawn wide, so that what comes out depends on what goes in.
"""

from __future__ import annotations

import torch

WORDS = (
    *("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "the", "picture", "photo", "of", "red"),
    *("blue", "dog", "cat", "on", "in", "boat", "lake", "house", "and", "with", "small", "old"),
    *("tree", "sky"),
)
END = 3  # [SEP], which ends a caption
CHAT = (
    "{{ bos_token }}{% for message in messages %}{{ message['role'].upper() }}: "
    "{% for part in message['content'] %}{% if part['type'] == 'image' %}<image>\n"
    "{% else %}{{ part['text'] }}{% endif %}{% endfor %} {% endfor %}"
    "{% if add_generation_prompt %}ASSISTANT:{% endif %}"
)
EYE = {
    "hidden_size": 16,
    "intermediate_size": 24,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "image_size": 32,
    "patch_size": 8,
    "initializer_range": 0.4,
}
TEXT = {
    "hidden_size": 16,
    "intermediate_size": 24,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "max_position_embeddings": 128,
    "initializer_range": 0.6,
}
SIZE = {"height": 32, "width": 32}


def tiny_blip(folder):
    """BLIP; its token that begins a caption is not in the vocabulary, as in the real one."""
    from transformers import (
        BlipConfig,
        BlipForConditionalGeneration,
        BlipImageProcessorPil,
        BlipProcessor,
    )

    begin = len(WORDS)
    text = {**TEXT, "vocab_size": begin + 1, "bos_token_id": begin, "encoder_hidden_size": 16}
    text |= {"eos_token_id": 2, "sep_token_id": END, "pad_token_id": 0, "projection_dim": 8}
    torch.manual_seed(5)
    config = BlipConfig(
        text_config=text, vision_config={**EYE, "projection_dim": 8}, projection_dim=8
    )
    BlipForConditionalGeneration(config).save_pretrained(folder)
    BlipProcessor(BlipImageProcessorPil(size=SIZE), _words()).save_pretrained(folder)
    return folder


def tiny_git(folder):
    """GIT: one decoder that reads picture and prompt, and repeats the prompt."""
    from transformers import CLIPImageProcessorPil, GitConfig, GitForCausalLM, GitProcessor

    torch.manual_seed(2)
    config = GitConfig(
        vision_config=EYE,
        vocab_size=len(WORDS),
        bos_token_id=2,
        eos_token_id=END,
        pad_token_id=0,
        **TEXT,
    )
    GitForCausalLM(config).save_pretrained(folder)
    GitProcessor(
        CLIPImageProcessorPil(size={"shortest_edge": 32}, crop_size=SIZE), _words()
    ).save_pretrained(folder)
    return folder


def tiny_encoder_decoder(folder):
    """A ViT that sees and a GPT-2 that writes; its folder has a tokenizer, and no processor."""
    from transformers import (
        GPT2Config,
        VisionEncoderDecoderConfig,
        VisionEncoderDecoderModel,
        ViTConfig,
        ViTImageProcessorPil,
    )

    torch.manual_seed(1)
    writer = GPT2Config(
        vocab_size=len(WORDS),
        n_embd=16,
        n_layer=2,
        n_head=2,
        n_positions=64,
        bos_token_id=2,
        eos_token_id=END,
        pad_token_id=0,
        initializer_range=0.6,
        add_cross_attention=True,
        is_decoder=True,
    )
    config = VisionEncoderDecoderConfig.from_encoder_decoder_configs(ViTConfig(**EYE), writer)
    config.decoder_start_token_id, config.eos_token_id, config.pad_token_id = 2, END, 0
    VisionEncoderDecoderModel(config).save_pretrained(folder)
    ViTImageProcessorPil(size=SIZE).save_pretrained(folder)
    _words().save_pretrained(folder)
    return folder


def tiny_vision_chat(folder):
    """LLaVA: a CLIP that sees and a Llama that chats, with a template."""
    from transformers import (
        CLIPImageProcessorPil,
        CLIPVisionConfig,
        LlamaConfig,
        LlavaConfig,
        LlavaForConditionalGeneration,
        LlavaProcessor,
    )

    tokenizer = _bytes()
    torch.manual_seed(0)
    chat = LlamaConfig(
        vocab_size=len(tokenizer),
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        num_key_value_heads=2,
        **{**TEXT, "max_position_embeddings": 192},
    )
    config = LlavaConfig(
        vision_config=CLIPVisionConfig(**EYE, projection_dim=8),
        text_config=chat,
        image_token_index=tokenizer.convert_tokens_to_ids("<image>"),
    )
    LlavaForConditionalGeneration(config).save_pretrained(folder)
    LlavaProcessor(
        CLIPImageProcessorPil(size={"shortest_edge": 32}, crop_size=SIZE),
        tokenizer,
        patch_size=8,
        vision_feature_select_strategy="default",
        num_additional_image_tokens=1,
        chat_template=CHAT,
    ).save_pretrained(folder)
    return folder


def tiny_diffusion(folder):
    """Stable Diffusion, 64 by 64 pixels, without a safety checker."""
    from diffusers import PNDMScheduler, StableDiffusionPipeline
    from transformers import CLIPTextModel

    torch.manual_seed(0)
    tokenizer = _clip()
    pipe = StableDiffusionPipeline(
        vae=_vae(),
        text_encoder=CLIPTextModel(_clip_config(tokenizer)),
        tokenizer=tokenizer,
        unet=_unet(cross_attention_dim=16),
        scheduler=PNDMScheduler(skip_prk_steps=True, steps_offset=1, **BETAS),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    pipe.save_pretrained(folder)
    return folder


def tiny_xl_diffusion(folder):
    """Stable Diffusion XL, with its two readers of the prompt, 64 by 64 pixels."""
    from diffusers import DDIMScheduler, StableDiffusionXLPipeline
    from transformers import CLIPTextModel, CLIPTextModelWithProjection

    torch.manual_seed(0)
    tokenizer = _clip()
    pipe = StableDiffusionXLPipeline(
        vae=_vae(),
        text_encoder=CLIPTextModel(_clip_config(tokenizer)),
        text_encoder_2=CLIPTextModelWithProjection(_clip_config(tokenizer)),
        tokenizer=tokenizer,
        tokenizer_2=_clip(),
        unet=_unet(
            cross_attention_dim=32,
            addition_embed_type="text_time",
            addition_time_embed_dim=8,
            projection_class_embeddings_input_dim=6 * 8 + 16,
            use_linear_projection=True,
        ),
        scheduler=DDIMScheduler(steps_offset=1, **BETAS),
        add_watermarker=False,
    )
    pipe.save_pretrained(folder)
    return folder


def tiny_flux(folder):
    """FLUX, which works in patches and makes nothing of a negative prompt."""
    from diffusers import FlowMatchEulerDiscreteScheduler, FluxPipeline, FluxTransformer2DModel
    from transformers import CLIPTextModel, T5Config, T5EncoderModel

    torch.manual_seed(0)
    tokenizer, reader = _clip(), _bytes()
    width = {"d_model": 16, "d_ff": 24, "d_kv": 8, "num_layers": 1, "num_heads": 2}
    pipe = FluxPipeline(
        vae=_vae(shift_factor=0.0),
        text_encoder=CLIPTextModel(_clip_config(tokenizer)),
        text_encoder_2=T5EncoderModel(T5Config(vocab_size=len(reader), **width)),
        tokenizer=tokenizer,
        tokenizer_2=reader,
        transformer=FluxTransformer2DModel(
            in_channels=16,
            num_layers=1,
            num_single_layers=1,
            attention_head_dim=16,
            num_attention_heads=2,
            joint_attention_dim=16,
            pooled_projection_dim=16,
            axes_dims_rope=(4, 4, 8),
        ),
        scheduler=FlowMatchEulerDiscreteScheduler(),
    )
    pipe.save_pretrained(folder)
    return folder


BETAS = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear"}


def _words():
    from transformers import BertTokenizer

    return BertTokenizer(vocab={word: number for number, word in enumerate(WORDS)})


def _bytes():
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocab = {letter: number for number, letter in enumerate(letters)}
    tokenizer = Tokenizer(models.BPE(vocab=vocab, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token="<s>",
        eos_token="</s>",
        pad_token="<pad>",
        additional_special_tokens=[AddedToken("<image>", special=True, normalized=False)],
    )


def _clip():
    from transformers import CLIPTokenizer

    letters = [chr(code) for code in range(33, 127)]
    tokens = [*letters, *(f"{letter}</w>" for letter in letters)]
    tokens += ["<|startoftext|>", "<|endoftext|>"]
    vocab = {token: number for number, token in enumerate(tokens)}
    return CLIPTokenizer(vocab=vocab, merges=[], model_max_length=77)


def _clip_config(tokenizer):
    from transformers import CLIPTextConfig

    return CLIPTextConfig(
        vocab_size=len(tokenizer),
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        projection_dim=16,
        **{**TEXT, "max_position_embeddings": 77},
    )


def _vae(**more):
    from diffusers import AutoencoderKL

    return AutoencoderKL(
        block_out_channels=(4, 4, 4, 8),
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        latent_channels=4,
        norm_num_groups=4,
        **more,
    )


def _unet(**more):
    from diffusers import UNet2DConditionModel

    return UNet2DConditionModel(
        block_out_channels=(8, 16),
        layers_per_block=1,
        sample_size=8,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        attention_head_dim=2,
        norm_num_groups=4,
        **more,
    )
