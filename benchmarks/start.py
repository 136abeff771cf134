"""What it costs to start: `workbench run` against `import requests`, the app against bare Gradio.

    python benchmarks/start.py

CPU seconds of whole processes, children included, for the command; wall seconds from start to
the first page served for the app.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request

ROUNDS = 5
TEXT = "My name is Andrew, I'm building DeepLearningAI and I live in California"
BARE = """
import gradio as gr
gr.Interface(lambda text: text, "text", "text").launch(server_port={port}, quiet=True)
"""


def cpu_s(*command):
    """CPU seconds of a command, the median of a few runs."""
    taken = []
    for _ in range(ROUNDS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        taken.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return statistics.median(taken)


def page_s(port, *command):
    """Seconds from start to the first page, the median of a few runs."""
    taken = []
    env = {**os.environ, "GRADIO_ANALYTICS_ENABLED": "False"}
    for _ in range(ROUNDS):
        started = time.perf_counter()
        with subprocess.Popen(command, stderr=subprocess.DEVNULL, env=env) as process:
            while True:
                try:
                    with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as page:
                        page.read()
                    break
                except (urllib.error.URLError, ConnectionError):
                    time.sleep(0.02)
            taken.append(time.perf_counter() - started)
            process.kill()
    return statistics.median(taken)


def main():
    python = sys.executable
    requests_s = cpu_s(python, "-c", "import requests")
    run_s = cpu_s(python, "-m", "workbench", "run", "ner", TEXT)
    print(f"import requests            {requests_s:5.2f} s CPU")
    print(f"workbench run ner          {run_s:5.2f} s CPU, budget {2 * requests_s + 0.3:.2f}")

    bare_s = page_s(7971, python, "-c", BARE.format(port=7971))
    app_s = page_s(7972, python, "-m", "workbench", "launch", "--no-browser", "--port", "7972")
    print(f"bare gr.Interface          {bare_s:5.2f} s to the first page")
    print(f"workbench launch           {app_s:5.2f} s, {app_s / bare_s:.2f} times that")


if __name__ == "__main__":
    main()
