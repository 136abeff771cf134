"""Components are described once for all visitors, and each visitor's values stay their own."""

from __future__ import annotations

import json
import subprocess
import sys

SCRIPT = """
import json
import gradio as gr
from gradio.state_holder import SessionState
from workbench.ui.quick import remember_descriptions

with gr.Blocks() as app:
    box = gr.Textbox("nothing yet")
remember_descriptions()
described, real = [], box.get_config
box.get_config = lambda *args: described.append(box) or real(*args)
first, second = SessionState(app), SessionState(app)
alike = first.config_values[box._id] == second.config_values[box._id]
first._update_value_in_config(box._id, "secret")
sessions = (first, second, SessionState(app))
values = [each.config_values[box._id]["props"]["value"] for each in sessions]
print(json.dumps([len(described), alike, values]))
"""


def test_described_once_and_valued_apart():
    """A second visitor costs no second description, and sees nothing of what the first one has."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=60
    )
    assert done.stdout, done.stderr
    assert json.loads(done.stdout) == [1, True, ["secret", "nothing yet", "nothing yet"]]
