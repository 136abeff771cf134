"""Pictures in and out: read from anything a caller has, sent small and without metadata."""

from workbench.images.decoding import MAX_PIXELS, open_answer
from workbench.images.png import png_text
from workbench.images.reading import Source, load_image
from workbench.images.sending import Encoded, encode_image, png_bytes
from workbench.images.sniff import sniff

__all__ = [
    "MAX_PIXELS",
    "Encoded",
    "Source",
    "encode_image",
    "load_image",
    "open_answer",
    "png_bytes",
    "png_text",
    "sniff",
]
