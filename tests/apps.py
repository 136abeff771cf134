"""Small apps launched as ours are, many in one process of their own, as Gradio is slow to load."""

import asyncio
import contextlib
import json
import os
import re
import subprocess
import sys
from unittest import mock


class Apps:
    """A process that does what is asked of it, a line of JSON each; a context manager."""

    def __init__(self, home):
        self._process = subprocess.Popen(
            [sys.executable, __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "WORKBENCH_HOME": str(home)},
        )

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(20)

    def ask(self, **request):
        """Send a request and return the answer."""
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    @contextlib.contextmanager
    def launched(self, auth=("ann:tülip",), shared="rose", **options):
        """An app with these users; yields what is known of it."""
        answer = self.ask(do="launch", auth=auth, shared=shared, **options)
        try:
            yield answer
        finally:
            self.ask(do="close")

    def call(self, url, auth):
        """What `gradio_client` is told by two handlers, or the name of the error."""
        return self.ask(do="call", url=url, auth=auth)


def routes(router):
    """Every method and path of an app, parameters filled in."""
    for route in router.routes:
        inner = getattr(route, "original_router", None)
        if inner is not None:
            yield from routes(inner)
        for method in getattr(route, "methods", None) or ():
            yield method, re.sub(r"\{[^}]*\}", "x", route.path)


def build():
    """An app that tells who asks, from a handler of each kind."""
    import gradio as gr

    from workbench.ui.login import user_of

    async def queued(word, request: gr.Request):
        yield "…"
        await asyncio.sleep(0)
        yield f"{word} {user_of(request)}"

    def direct(word, request: gr.Request):
        return f"{word} {user_of(request)}"

    with gr.Blocks(title="Tulips", analytics_enabled=False) as app:
        word, told = gr.Textbox(label="Word"), gr.Textbox()
        word.submit(queued, word, told, api_name="queued")
        word.change(direct, word, told, api_name="direct", queue=False)
    return app


def launch(auth, shared, tunnel="", env=None, **options):
    """Launch an app and tell of it; *tunnel* is the address of the one that would be opened."""
    from workbench.errors import ConfigurationError
    from workbench.ui.launch import launch_app
    from workbench.users import Users

    tunnels = []

    def open_tunnel(**_):
        tunnels.append(tunnel)
        if not tunnel:
            raise OSError("no network")
        return tunnel

    users = Users.read(auth=auth, shared=shared)
    with (
        mock.patch("gradio.networking.setup_tunnel", open_tunnel),
        mock.patch.dict(os.environ, env or {}),
    ):
        try:
            running = launch_app(build(), **{"port": 0, "users": users, **options})
        except ConfigurationError as error:
            return None, {"error": str(error)}
    app = running.app
    return running, {
        "url": running.url.rstrip("/"),
        "local": app.local_url.rstrip("/"),
        "routes": sorted(set(routes(app.app))),
        "tunnels": len(tunnels),
        "workers": getattr(app, "_static_worker_pool", None) is not None,
    }


def call(url, auth):
    """Call both handlers with `gradio_client`."""
    from gradio_client import Client

    try:
        client = Client(url, auth=auth, verbose=False)
        return [client.predict("hi", api_name=name) for name in ("/queued", "/direct")]
    except Exception as error:  # noqa: BLE001 - its name is the answer
        return type(error).__name__


def main():
    """Do what standard input asks for, and answer on standard output."""
    from workbench import users
    from workbench.ui.quiet import quiet_gradio

    quiet_gradio()
    users._LOG_N, users._P = 10, 1  # weak, hence quick
    apps, answers = [], sys.stdout
    sys.stdout = sys.stderr
    for line in sys.stdin:
        request = json.loads(line)
        do, answer = request.pop("do"), None
        if do == "launch":
            running, answer = launch(**request)
            apps.append(running)
        elif do == "call":
            answer = call(**request)
        elif (running := apps.pop()) is not None:
            running.close()
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
