"""Any pixels to 8-bit RGB on white, as a person would see them."""

from __future__ import annotations

import math
from io import BytesIO

from PIL import Image, ImageCms

from workbench.errors import InvalidInputError


def to_rgb(image: Image.Image) -> Image.Image:
    """Return *image* in RGB: transparency on white, deep greys scaled, colour profile applied.

    An RGB image without transparency and profile is returned itself. Raises InvalidInputError
    for pixels that are no numbers, ValueError for a mode that Pillow can't convert.
    """
    profile = image.info.get("icc_profile")
    if image.mode == "F" or image.mode.startswith("I"):
        image = _to_grey(image)
    elif image.mode in ("La", "RGBa"):
        image = image.convert(image.mode.upper())
    if _see_through(image):
        image = _on_white(image)
    elif image.mode not in ("L", "RGB", "CMYK", "LAB"):
        image = image.convert("RGB")
    if profile or image.mode == "LAB":
        image = _to_srgb(image, profile)
    return image if image.mode == "RGB" else image.convert("RGB")


def _see_through(image: Image.Image) -> bool:
    # A palette may hold transparency in three ways; converting by way of RGBA knows them all.
    keyed = image.mode in ("1", "L", "RGB") and "transparency" in image.info
    return keyed or image.mode in ("LA", "PA", "RGBA", "P")


def _on_white(image: Image.Image) -> Image.Image:
    rgba = image if image.mode == "RGBA" else image.convert("RGBA")
    white = Image.new("RGB", image.size, "white")
    white.paste(rgba, mask=rgba)
    return white


def _to_grey(image: Image.Image) -> Image.Image:
    """Scale whole numbers of 16 or 32 bits and fractions to 0..255 without cutting any off."""
    if image.mode.startswith("I;16"):
        wide, scale, offset = image.convert("I"), 1 / 256, 0.0
    else:
        wide, (scale, offset) = image, _scaling(image)
    return wide.point(lambda value: value * scale + offset).convert("L")


def _scaling(image: Image.Image) -> tuple[float, float]:
    if image.mode == "F" and not math.isfinite(_mean(image)):
        raise InvalidInputError(
            "the picture has pixels that are not numbers (NaN or infinite)",
            hint="Replace them, for instance by 0.",
        )
    low, high = (float(value) for value in image.getextrema())  # type: ignore[arg-type]
    for top, scale in ((1, 255.0), (255, 1.0), (65535, 1 / 256)):
        if low >= 0 and high <= top and (top > 1 or image.mode == "F"):
            return scale, 0.0
    scale = 255 / (high - low) if high > low else 0.0
    return scale, -low * scale


def _mean(image: Image.Image) -> float:
    """The mean of all pixels, which no pixel that is NaN or infinite leaves a number."""
    return float(image.resize((1, 1), Image.Resampling.BOX).getpixel((0, 0)))  # type: ignore[arg-type]


def _to_srgb(image: Image.Image, profile: object) -> Image.Image:
    """Convert by the colour profile; a profile that is broken or for other pixels is ignored."""
    try:
        if image.mode == "LAB":
            source = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
        elif isinstance(profile, bytes):
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
        else:
            return image
        if "sRGB" in ImageCms.getProfileDescription(source):
            return image
        srgb = ImageCms.createProfile("sRGB")
        return ImageCms.profileToProfile(image, source, srgb, outputMode="RGB") or image
    except (ImportError, OSError, ValueError, TypeError, ImageCms.PyCMSError):
        return image
