"""The commands and their options; the work is in the modules beside this one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from workbench import __version__
from workbench.cli.course_commands import course
from workbench.cli.help import Group
from workbench.cli.local_commands import local
from workbench.cli.options import AsJson, Host, Targets
from workbench.cli.output import say
from workbench.cli.space_commands import space

app = typer.Typer(
    cls=Group,
    help="A workbench for Hugging Face inference. Without a command it opens the app.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(invoke_without_command=True)
def start(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
    lang: Annotated[
        Optional[str],  # noqa: UP045 - read before any command, by workbench.cli.language
        typer.Option(
            help="Language of what is shown: en or zh; else WORKBENCH_LANG, else the terminal's."
        ),
    ] = None,
) -> None:
    """Open the app with every task when no command is given."""
    del lang
    if version:
        say(__version__)
    elif context.invoked_subcommand is None:
        from workbench.cli.launch import launch_tasks

        launch_tasks([])


@app.command()
def launch(
    tasks: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Argument(help="Tasks to show, all if none is named.", show_default=False),
    ] = None,
    host: Host = "127.0.0.1",
    port: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option(
            help="Port; PORT1 or 7860 unless given, 0 for any free one.", min=0, max=65535
        ),
    ] = None,
    target: Targets = None,
    allow_target: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(help="A target that visitors may choose; repeat for more."),
    ] = None,
    public_url: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(help="The app's address behind a proxy."),
    ] = None,
    auth: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(
            help="NAME:PASSWORD that may sign in, or @FILE of `workbench password`; repeat for "
            "more. APP_PASSWORD is one password for all.",
            metavar="NAME:PASSWORD",
        ),
    ] = None,
    share: Annotated[
        bool, typer.Option("--share", help="Open a tunnel, so that the internet reaches the app.")
    ] = False,
    insecure: Annotated[
        bool, typer.Option("--insecure", help="Share without a login all the same.")
    ] = False,
    history: Annotated[
        bool, typer.Option("--history/--no-history", help="Keep conversations on disk.")
    ] = True,
    daily_limit: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option(help="Calls a day that each visitor may have others answer.", min=1),
    ] = None,
    browser: Annotated[bool, typer.Option(help="Open a browser.")] = True,
    lang: Annotated[
        Optional[str],  # noqa: UP045 - read before any command, by workbench.cli.language
        typer.Option(help="Language of the app, en or zh; else that of each visitor's browser."),
    ] = None,
) -> None:
    """Open the app in a browser: all tasks, or those named."""
    del lang
    from workbench.cli.launch import launch_tasks

    launch_tasks(
        tasks or [],
        host=host,
        port=port,
        targets=target or [],
        allowed=allow_target,
        public_url=public_url,
        auth=auth or [],
        share=share,
        insecure=insecure,
        history=history,
        browser=browser,
        daily_limit=daily_limit,
    )


@app.command()
def run(
    task: Annotated[str, typer.Argument(help="The task; `workbench tasks` lists them.")],
    given: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Argument(
            metavar="[INPUT]...",
            help="A text or @FILE; for a picture its file or address; - for standard input.",
            show_default=False,
        ),
    ] = None,
    parameter: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(
            "--parameter", "-p", help="name=value; repeat for more.", metavar="NAME=VALUE"
        ),
    ] = None,
    target: Targets = None,
    as_json: AsJson = False,
    output: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--output", "-o", help="Write the result to this file, pictures to a folder."),
    ] = None,
) -> None:
    """Run a task and print its result; several inputs give several results."""
    from workbench.cli.run import run_task

    run_task(
        task, given or [], parameter or [], targets=target or [], as_json=as_json, output=output
    )


@app.command()
def chat(
    model: Annotated[
        Optional[str],  # noqa: UP045
        typer.Argument(
            help="Whom to talk to: a name such as echo or falcon, or any target.",
            show_default=False,
        ),
    ] = None,
    target: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--target", "-t", help="The same, as other commands have it."),
    ] = None,
    system: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--system", "-s", help="How the model is to behave."),
    ] = None,
    temperature: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option(help="0: the likeliest word each time.", min=0),
    ] = None,
    max_new_tokens: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option(help="Tokens of a reply at most.", min=1),
    ] = None,
    top_p: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option(help="Share of likely tokens to draw from.", min=0, max=1),
    ] = None,
    repetition_penalty: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option(help="1: none.", min=0),
    ] = None,
    seed: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option(help="The same seed draws the same tokens.", min=0),
    ] = None,
    history: Annotated[
        bool, typer.Option(help="Remember what you type for the arrow keys, in a file.")
    ] = True,
) -> None:
    """Talk with a model; Ctrl-C stops a reply, /help lists the commands."""
    from workbench.cli.chat import chat as talk

    options = {
        "temperature": temperature,
        "max_new_tokens": max_new_tokens,
        "top_p": top_p,
        "repetition_penalty": repetition_penalty,
        "seed": seed,
    }
    talk(model, target=target, system=system, options=options, history=history)


@app.command()
def serve(
    host: Host = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port; 0 for any free one.", min=0, max=65535)] = 8200,
    engine: Annotated[
        str, typer.Option(help="What answers: embedded, or local for models on this machine.")
    ] = "embedded",
    model: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(
            "--model",
            "-m",
            help="For --engine local: which model does a task; repeat for more.",
            metavar="TASK=MODEL",
        ),
    ] = None,
    print_env: Annotated[
        bool, typer.Option("--print-env", help="Print the .env lines that point here, and exit.")
    ] = False,
    faults: Annotated[
        bool, typer.Option("--faults", help="Also serve every failure under /faults/.")
    ] = False,
) -> None:
    """Answer other people's clients as a Hugging Face endpoint does."""
    from workbench.cli.serve import serve_engine

    serve_engine(host, port, engine=engine, models=model or [], print_only=print_env, faults=faults)


@app.command()
def password(
    name: Annotated[str, typer.Argument(help="Who will sign in with it.")],
) -> None:
    """Print a line for the file of `launch --auth @FILE`: a name and the hash of a password."""
    from workbench.cli.password import print_user

    print_user(name)


@app.command()
def tasks(as_json: AsJson = False) -> None:
    """List the tasks, their parameters and where each is answered."""
    from workbench.cli.listing import list_tasks

    list_tasks(as_json=as_json)


@app.command()
def doctor(
    as_json: AsJson = False,
    probe: Annotated[bool, typer.Option(help="Call each target with a small input.")] = True,
) -> None:
    """Check versions, token, every target and the port; each finding comes with a fix."""
    from workbench.cli.doctor import examine

    raise typer.Exit(examine(as_json=as_json, probe=probe))


app.command()(space)
app.add_typer(local, name="local", cls=Group)
app.add_typer(course, name="course", cls=Group)
