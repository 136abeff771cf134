"""Pictures in and out: read from anything a caller has, sent small and without metadata."""

from workbench.images.decoding import MAX_PIXELS, open_answer
from workbench.images.png import MAX_TEXT, png_text
from workbench.images.reading import Source, load_image
from workbench.images.sending import Encoded, encode_image, png_bytes
from workbench.images.sniff import sniff

__all__ = [
    "MAX_PIXELS",
    "MAX_TEXT",
    "Encoded",
    "Source",
    "encode_image",
    "load_image",
    "open_answer",
    "png_bytes",
    "png_text",
    "sniff",
]
