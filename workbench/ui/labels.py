"""What Gradio's page calls its own buttons, where it knows no other language than English."""

from __future__ import annotations

import json

from workbench.language import translate

LABELS = (
    "Capture from camera",
    "Click to upload or drop files",
    "Close",
    "Connection to the server was lost. Attempting reconnection...",
    "Collapse",
    "Copied",
    "Copied message",
    "Copy",
    "Copy message",
    "Edit",
    "Empty value",
    "Error",
    "Exit fullscreen mode",
    "Expand",
    "Feedback",
    "File upload",
    "Fullscreen",
    "Gradio footer navigation",
    "Line number {}",
    "More tabs",
    "Multimedia input field",
    "Paste from clipboard",
    "Remove Image",
    "Remove this file",
    "Reset to default value",
    "Retry",
    "Stop",
    "Submit",
    "Thumbnail {} of {}",
    "Undo",
    "Upload a file",
    "Upload file",
    "chatbot conversation",
    "number input for {}",
    "range slider for {}",
    "undo",
)
"""As `aria-label`, `title` and message boxes have them, `{}` for what is put in."""

_SCRIPT = """<script>(labels => {
  const made = labels.filter(([key]) => key.includes('{}')).map(([key, said]) => {
    let number = 0;
    const put = () => '$' + ++number;
    return [new RegExp('^' + key.replaceAll('{}', '(.*)') + '$'), said.replace(/{}/g, put)];
  });
  const plain = new Map(labels), names = ['aria-label', 'title'];
  const say = node => names.forEach(name => {
    const told = node.getAttribute(name);
    if (!told) return;
    const [rule, put] = made.find(([key]) => key.test(told)) || [];
    const said = rule ? told.replace(rule, put) : plain.get(told);
    if (said && said !== told) node.setAttribute(name, said);
  });
  const all = node => {
    if (node.nodeType !== 1) return;
    say(node);
    node.querySelectorAll('[aria-label], [title]').forEach(say);
    node.querySelectorAll('.toast-title, .toast-text').forEach(box => {
      for (const text of box.childNodes)
        if (text.nodeType === 3) text.data = plain.get(text.data.trim()) || text.data;
    });
  };
  new MutationObserver(changes => changes.forEach(({type, target, addedNodes}) =>
    type === 'attributes' ? say(target) : addedNodes.forEach(all)
  )).observe(document, {subtree: true, childList: true, attributes: true, attributeFilter: names});
})(LABELS)</script>"""


def labels_script() -> str:
    """A script for the head of the page that says `LABELS` in the current language."""
    said = [(label, translate(label)) for label in LABELS]
    return _SCRIPT.replace("LABELS", json.dumps(said, ensure_ascii=True).replace("<", "\\u003c"))
