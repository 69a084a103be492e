"""What is sent to people outside of the product: what was given up, sending it after all, and trying a channel."""

from typing import Annotated

import typer

from sellergate.cli.opening import CommandError, services
from sellergate.cli.output import camel, say, show_json, show_table
from sellergate.domain.messages import Channel, Message, MessageState
from sellergate.ports.couriers import Undelivered
from sellergate.ports.queries import PageRequest
from sellergate.settings import load_settings
from sellergate.wiring import send_trial

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
Limit = Annotated[int, typer.Option(metavar="NUMBER", min=1, max=100, help="How many to show.")]
State = Annotated[MessageState, typer.Option(help="Which messages.")]
Numbers = Annotated[list[int] | None, typer.Argument(metavar="ID", help="Messages to send after all.")]
All = Annotated[bool, typer.Option("--all", help="All that were given up.")]
By = Annotated[Channel | None, typer.Option("--channel", help="Only by this channel.", show_default=False)]
Way = Annotated[Channel, typer.Argument(help="The channel.", show_default=False)]
To = Annotated[
    str,
    typer.Argument(
        metavar="RECIPIENT",
        help="An e-mail address, or the name of a chat, pager or webhook of the settings.",
        show_default=False,
    ),
]


@app.callback()
def _group() -> None:
    """Messages to people: e-mail, chats, pagers and webhooks."""


@app.command()
def dead(channel: By = None, limit: Limit = 20, as_json: AsJson = False) -> None:
    """Show the messages that were given up, newest first, and why."""
    _show(MessageState.DEAD, channel, limit, as_json)


@app.command("list")
def list_(state: State = MessageState.PENDING, channel: By = None, limit: Limit = 20, as_json: AsJson = False) -> None:
    """Show messages that wait, were sent, or were given up, newest first."""
    _show(state, channel, limit, as_json)


def _show(state: MessageState, channel: Channel | None, limit: int, as_json: bool) -> None:
    with services() as assembly:
        page = assembly.outbox.list(state, PageRequest(limit), channel)
    if as_json:
        show_json({"total": page.total, "items": [_facts(message) for message in page.items]})
        return
    say(f"Messages {state}: {page.total}")
    if page.items:
        rows = (
            (one.id, one.created_at, one.channel.value, one.recipient, one.attempts, one.error) for one in page.items
        )
        show_table(["id", "since (UTC)", "channel", "recipient", "attempts", "why"], rows, right=["id", "attempts"])


@app.command()
def retry(ids: Numbers = None, everything: All = False, channel: By = None, as_json: AsJson = False) -> None:
    """Send messages that were given up after all, with all their attempts."""
    if bool(ids) == everything or (channel is not None and not everything):
        raise CommandError("Name the messages, or --all, of one --channel if you like.", status=2)
    with services() as assembly:
        outbox = assembly.outbox
        retried = outbox.retry_all(channel) if everything else len([outbox.retry(id) for id in ids or ()])
    if as_json:
        show_json({"retried": retried})
    else:
        say(f"{retried} messages will be sent again.")


@app.command()
def test(channel: Way, recipient: To) -> None:
    """Send one message now, past the outbox, to see whether a channel works. The exit status is 1 when it does not."""
    try:
        send_trial(load_settings().notices, channel, recipient)
    except Undelivered as error:
        raise CommandError(str(error)) from error
    say(f"{recipient} was sent a message by {channel}.")


def _facts(message: Message) -> dict[str, object]:
    shown = ("id", "key", "channel", "address", "recipient", "state", "attempts", "error")
    times = ("created_at", "due_at", "done_at")
    return {camel(name): getattr(message, name) for name in (*shown, *times)}
