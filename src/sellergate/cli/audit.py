"""The audit trail: proving it, sealing it, taking it out."""

import json
from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime
from typing import Annotated, Any, Final

import typer

from sellergate.cli.opening import STDIN, CommandError, services, writable
from sellergate.cli.output import camel, note, progress, say, show_json
from sellergate.domain.audit import Event
from sellergate.ports.stores import SealedEvent

STEP: Final = 1000

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

Target = Annotated[str, typer.Argument(metavar="FILE", help="Where to write NDJSON; - for standard output.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


@app.callback()
def _group() -> None:
    """The audit trail: every move and every refused one, chained."""


@app.command()
def verify(as_json: AsJson = False) -> None:
    """Prove that nothing in the trail was changed and nothing is missing. The exit status is 1 when it does not hold."""
    with services() as assembly:
        result = assembly.audit.verify()
    if as_json:
        facts = {"events": result.events, "sealed": result.sealed, "authorizations": result.records}
        show_json({"holds": result.holds, **facts, "broken": result.broken})
    elif result.holds:
        say(
            f"The trail holds: {result.events} events, {result.sealed} of them sealed, {result.records} authorizations."
        )
    if not result.holds:
        raise CommandError(f"The trail does not hold: {result.broken}.")


@app.command()
def seal(as_json: AsJson = False) -> None:
    """Chain every event that is not sealed yet, as a running server does by itself."""
    sealed = 0
    with services() as assembly:
        while number := assembly.audit.seal():
            sealed += number
    if as_json:
        show_json({"sealed": sealed})
    else:
        say(f"{sealed} events sealed.")


@app.command()
def export(file: Target) -> None:
    """Write every event with its hash and seal, one JSON object a line, oldest first."""
    written = 0
    with services() as assembly, writable(file) as target, progress("Exporting events", None) as advance:
        for written, stored in enumerate(assembly.audit.events(), start=1):
            target.write(json.dumps(_facts(stored), ensure_ascii=False, default=_plain) + "\n")
            if written % STEP == 0:
                advance(written)
    if file != STDIN:
        note(f"{file}: {written} events written.")


def _facts(stored: SealedEvent) -> dict[str, object]:
    event = {camel(field.name): getattr(stored.event, field.name) for field in fields(Event)}
    return {**event, "contentHash": stored.content_hash, "seal": stored.seal}


def _plain(value: Any) -> object:
    # Microseconds are kept: an event's hash is made over them.
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
