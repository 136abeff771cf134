"""What to do about a cell that failed, by what went wrong in it."""

from __future__ import annotations

import re

from workbench.hosts import RETIRED_HOST

LOCAL_LINE = "pip install 'hf-inference-workbench[local]'"
_LOCAL = {"torch", "transformers", "diffusers", "accelerate", "safetensors", "sentencepiece"}
_PACKAGES = {
    "PIL": "pillow",
    "cv2": "opencv-python",
    "dotenv": "python-dotenv",
    "sklearn": "scikit-learn",
    "skimage": "scikit-image",
    "yaml": "pyyaml",
    "bs4": "beautifulsoup4",
    "fitz": "pymupdf",
    "text_generation": "text-generation",
}
_OFFLINE = re.compile(
    r"ConnectionError|ConnectError|ConnectTimeout|NewConnectionError|gaierror|URLError"
    r"|ProxyError|MaxRetryError|OfflineModeIsEnabled|ConnectionRefused|LocalEntryNotFound"
)
_KEY = re.compile(r"AuthenticationError|Unauthorized|401|[Ii]nvalid [Kk]ey|API key|api_key")
_GRADIO = re.compile(r"\bgradio\b|\bgr\.|__init__\(\) got an unexpected keyword")
_DEBUG = re.compile(r"debug\s*=\s*True|block_thread\(|while True")


def advice(
    kind: str, told: str, source: str = "", *, cause: str = "", earlier: bool = False
) -> str:
    """The next step after an error *kind* that told *told* in a cell with *source*.

    *cause* is the kind of the error underneath; *earlier*: a cell above failed. Empty when there
    is nothing to say that the error doesn't.

    >>> advice("ModuleNotFoundError", "No module named 'cv2'")
    'Install what is missing, then run it again: pip install opencv-python'
    >>> advice("KeyError", "'HF_API_OCR_BASE'", "os.environ['HF_API_OCR_BASE']")
    'Set HF_API_OCR_BASE in a file .env beside the notebook, or in the environment.'
    """
    if kind == "StdinNotImplementedError":
        return "It asks for a line with input(): put the answer in the cell, or run it in Jupyter."
    if "google.colab" in source and kind == "ModuleNotFoundError":
        return "Only Colab has that: put the key in a file .env beside the notebook, or none."
    if kind in ("ModuleNotFoundError", "ImportError") and (module := _missing(told)):
        return f"Install what is missing, then run it again: {_pip_line(module)}"
    if kind == "KeyError" and (name := re.fullmatch(r"'([A-Z][A-Z0-9_]+)'", told)):
        return f"Set {name[1]} in a file .env beside the notebook, or in the environment."
    if kind == "NameError" and earlier:
        return "A cell above failed, and this one needs what it defines: begin with the first."
    if kind == "NameError":
        return "No cell above defines it: add the cell that does, or its import."
    if kind in ("FileNotFoundError", "UnidentifiedImageError", "IsADirectoryError"):
        return "Put the file beside the notebook, or correct its path in the cell."
    if kind in ("SyntaxError", "IndentationError"):
        return "The cell is not Python: correct it, or turn it into a text cell."
    if RETIRED_HOST in told or RETIRED_HOST in source:
        return (
            f"{RETIRED_HOST} was switched off: use os.environ['HF_API_SUMMARY_BASE'] and its like, "
            "which are set for you."
        )
    if _OFFLINE.search(f"{kind} {cause} {told}"):
        return (
            "Nobody answers at that address. Without a network use os.environ['HF_API_NER_BASE'] "
            "and its like, which are set for you."
        )
    if kind == "JSONDecodeError":
        return "No JSON came back: see that the address is one for this task and your key fits."
    if _KEY.search(f"{kind} {told}"):
        return "It wants a key that is valid: put it in a file .env beside the notebook."
    if "Cannot find empty port" in told or "Address already in use" in told:
        return "Its port is taken: end what uses it, or leave server_port out."
    if kind in ("TypeError", "AttributeError", "ImportError") and _GRADIO.search(told + source):
        return (
            "Gradio 6 may have no such thing: docs/course.md has what is translated and the "
            "modern way to write it."
        )
    return ""


def blocked(source: str) -> str:
    """The next step after a cell with *source* that did not end in time.

    >>> blocked("demo.launch(debug=True)")[:41]
    'launch(debug=True) never ends: leave it o'
    """
    if _DEBUG.search(source):
        return "launch(debug=True) never ends: leave it out, and the loop that waits too."
    return "--timeout gives a cell more seconds, if it only needs them."


def _missing(told: str) -> str:
    found = re.search(r"No module named '([\w.]+)'", told)
    return found[1].partition(".")[0] if found else ""


def _pip_line(module: str) -> str:
    return LOCAL_LINE if module in _LOCAL else f"pip install {_PACKAGES.get(module, module)}"
