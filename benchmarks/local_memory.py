"""Ten models loaded, used and dropped, one after another: what stays in memory.

    python benchmarks/local_memory.py

The models are random, of six kinds and some 80 MB each, and are built in a process of their own.
Prints this process' memory at the start (all imported, one model of each kind loaded and dropped),
at its peak and at the end, and exits with 1 if more than a tenth of the start stayed.
"""

from __future__ import annotations

import multiprocessing
import sys
import tempfile
import weakref
from pathlib import Path
from types import SimpleNamespace

BUDGET = 1.1
WORDS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "the", "picture", "red", "house")
WIDE, TINY = 512, 16  # numbers in a layer: some 80 MB a model, or next to nothing
TEXT = "the picture a red house"


def build(folder, width=WIDE):
    """Save ten models below *folder*, the first six of a kind each; returns their tasks."""
    import torch
    import transformers as hf

    hf.utils.logging.set_verbosity_error()
    hf.utils.logging.disable_progress_bar()
    torch.manual_seed(0)
    for name, (_, make) in MODELS.items():
        make(hf, folder / name, width)
    return {name: task for name, (task, _) in MODELS.items()}


def measure(folder, tasks, warm=6):
    """Load, use and drop each model; bytes at the start, at the peak and at the end.

    Before the start so many of them are, since what libraries do once isn't what stays of a model.

    Also gives weak references to the models, which are all dead when nothing holds on to them.
    """
    from workbench.engines.local.device import give_back
    from workbench.engines.local.shelf import Shelf
    from workbench.local_options import LocalOptions

    def find(name, _options, **_call):
        return SimpleNamespace(name=name, folder=folder / name, size_bytes=0)

    shelf, options, models = Shelf(find), LocalOptions(device="cpu"), []

    def turn(name):
        with shelf.use(name, tasks[name], options) as loaded:
            use(loaded)
            models.append(weakref.ref(loaded.model))
            used = resident()
        del loaded
        shelf.drop(name)
        return used

    for name in list(tasks)[:warm]:
        turn(name)
    give_back()
    start = resident()
    peak = max(turn(name) for name in tasks)
    give_back()
    return start, peak, resident(), models


def use(loaded):
    """One short call of a model, of whatever kind."""
    import torch
    from PIL import Image
    from transformers import GenerationConfig

    picture, model, read = Image.new("RGB", (32, 32)), loaded.model, loaded.processor
    few = GenerationConfig(max_new_tokens=4, do_sample=False, pad_token_id=0)
    with torch.inference_mode():
        if loaded.kind == "painter":
            model(TEXT, num_inference_steps=1, height=16, width=16, guidance_scale=0)
        elif loaded.kind == "tagger":
            model(**read(TEXT, return_tensors="pt"))
        elif loaded.kind in ("seq2seq", "writer"):
            ids = read(TEXT, return_tensors="pt").input_ids
            model.generate(input_ids=ids, generation_config=few)
        elif loaded.kind == "vision-chat":
            inputs = read(images=picture, text=f"<image> {TEXT}", return_tensors="pt")
            model.generate(**inputs, generation_config=few)
        else:
            inputs = read(images=picture, return_tensors="pt")
            model.generate(pixel_values=inputs.pixel_values, generation_config=few)


def resident():
    """Bytes of memory that this process takes."""
    import psutil

    return psutil.Process().memory_info().rss


def _layers(width, **more):
    return {
        "hidden_size": width,
        "intermediate_size": 2 * width,
        "num_hidden_layers": 1 if width == TINY else 4,
        "num_attention_heads": 2,
        **more,
    }


def _words(hf):
    return hf.BertTokenizer(vocab={word: number for number, word in enumerate(WORDS)})


def _bert(hf, folder, width):
    config = hf.BertConfig(vocab_size=32 * width, **_layers(width))
    hf.BertForTokenClassification(config).save_pretrained(folder)
    _words(hf).save_pretrained(folder)


def _bart(hf, folder, width):
    config = hf.BartConfig(
        vocab_size=32 * width,
        d_model=width,
        encoder_layers=3,
        decoder_layers=3,
        encoder_ffn_dim=2 * width,
        decoder_ffn_dim=2 * width,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        max_position_embeddings=64,
    )
    hf.BartForConditionalGeneration(config).save_pretrained(folder)
    _words(hf).save_pretrained(folder)


def _t5(hf, folder, width):
    config = hf.T5Config(
        vocab_size=32 * width,
        d_model=width,
        d_ff=2 * width,
        d_kv=width // 2,
        num_heads=2,
        num_layers=3,
        decoder_start_token_id=0,
    )
    hf.T5ForConditionalGeneration(config).save_pretrained(folder)
    _words(hf).save_pretrained(folder)


def _llama(hf, folder, width):
    config = hf.LlamaConfig(vocab_size=16 * width, **_layers(width))
    hf.LlamaForCausalLM(config).save_pretrained(folder)
    _words(hf).save_pretrained(folder)


def _gpt2(hf, folder, width):
    config = hf.GPT2Config(vocab_size=32 * width, n_embd=width, n_layer=4, n_head=2)
    hf.GPT2LMHeadModel(config).save_pretrained(folder)
    _words(hf).save_pretrained(folder)


def _falcon(hf, folder, width):
    config = hf.FalconConfig(
        vocab_size=32 * width, hidden_size=width, num_hidden_layers=4, num_attention_heads=2
    )
    hf.FalconForCausalLM(config).save_pretrained(folder)
    _words(hf).save_pretrained(folder)


def _eye(width):
    return _layers(width, image_size=32, patch_size=8)


def _blip(hf, folder, width):
    text = _layers(width, vocab_size=8 * width, encoder_hidden_size=width, bos_token_id=2)
    config = hf.BlipConfig(text_config=text, vision_config=_eye(width))
    hf.BlipForConditionalGeneration(config).save_pretrained(folder)
    pictures = hf.BlipImageProcessorPil(size={"height": 32, "width": 32})
    hf.BlipProcessor(pictures, _words(hf)).save_pretrained(folder)


def _vit_gpt2(hf, folder, width):
    eye = hf.ViTConfig(**_eye(width))
    text = hf.GPT2Config(
        vocab_size=16 * width,
        n_embd=width,
        n_layer=3,
        n_head=2,
        add_cross_attention=True,
        is_decoder=True,
    )
    config = hf.VisionEncoderDecoderConfig.from_encoder_decoder_configs(eye, text)
    config.decoder_start_token_id = config.pad_token_id = 0
    hf.VisionEncoderDecoderModel(config).save_pretrained(folder)
    hf.ViTImageProcessorPil(size={"height": 32, "width": 32}).save_pretrained(folder)
    _words(hf).save_pretrained(folder)


def _llava(hf, folder, width):
    words = _words(hf)
    words.add_special_tokens({"additional_special_tokens": ["<image>"]})
    config = hf.LlavaConfig(
        vision_config=hf.CLIPVisionConfig(**_eye(width)),
        text_config=hf.LlamaConfig(vocab_size=8 * width, **_layers(width)),
        image_token_index=words.convert_tokens_to_ids("<image>"),
        vision_feature_layer=-1,
    )
    hf.LlavaForConditionalGeneration(config).save_pretrained(folder)
    pictures = hf.CLIPImageProcessorPil(
        size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32}
    )
    hf.LlavaProcessor(
        pictures,
        words,
        patch_size=8,
        vision_feature_select_strategy="default",
        num_additional_image_tokens=1,
    ).save_pretrained(folder)


def _diffusion(hf, folder, width):
    import diffusers

    diffusers.utils.logging.set_verbosity_error()
    ends = ["<|startoftext|>", "<|endoftext|>"]
    letters = [chr(code) for code in range(33, 127)]
    pieces = [*ends, *letters, *(f"{letter}</w>" for letter in letters)]
    tokenizer = hf.CLIPTokenizer(
        vocab={piece: number for number, piece in enumerate(pieces)}, merges=[]
    )
    tokenizer.model_max_length = 77
    text = hf.CLIPTextConfig(
        vocab_size=len(pieces), bos_token_id=0, eos_token_id=1, **_layers(width)
    )
    diffusers.StableDiffusionPipeline(
        vae=diffusers.AutoencoderKL(
            block_out_channels=(32, 32),
            down_block_types=("DownEncoderBlock2D",) * 2,
            up_block_types=("UpDecoderBlock2D",) * 2,
            latent_channels=4,
        ),
        text_encoder=hf.CLIPTextModel(text),
        tokenizer=tokenizer,
        unet=diffusers.UNet2DConditionModel(
            sample_size=8,
            block_out_channels=(32, max(32, width // 2)),
            down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
            up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
            cross_attention_dim=width,
            layers_per_block=1,
        ),
        scheduler=diffusers.DDIMScheduler(steps_offset=1, clip_sample=False),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    ).save_pretrained(folder)


MODELS = {
    "org/bart": ("summarization", _bart),
    "org/bert": ("ner", _bert),
    "org/blip": ("captioning", _blip),
    "org/llava": ("captioning", _llava),
    "org/diffusion": ("text-to-image", _diffusion),
    "org/llama": ("chat", _llama),
    "org/t5": ("summarization", _t5),
    "org/vit-gpt2": ("captioning", _vit_gpt2),
    "org/gpt2": ("completion", _gpt2),
    "org/falcon": ("completion", _falcon),
}


def main():
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            tasks = pool.apply(build, (folder,))
        sizes = sum(path.stat().st_size for path in folder.rglob("*.safetensors"))
        start, peak, end, models = measure(folder, tasks)
    held = sum(model() is not None for model in models)
    print(f"ten models on disk {sizes / 1e6:6.0f} MB")
    print(f"memory at start    {start / 1e6:6.0f} MB")
    print(f"memory at peak     {peak / 1e6:6.0f} MB")
    print(f"memory at the end  {end / 1e6:6.0f} MB, {end / start:.3f} times the start")
    print(f"models still held  {held:6d}")
    sys.exit(end > BUDGET * start or held > 0)


if __name__ == "__main__":
    main()
