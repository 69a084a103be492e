"""The plan's announcements: what is due when, what was sent, and the dates that steps begin on."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

import typer

from sellergate.cli.opening import CommandError, actor, services
from sellergate.cli.output import camel, say, show_facts, show_json, show_table
from sellergate.domain.announced import Announced
from sellergate.domain.identifiers import Role
from sellergate.domain.notices import Audience
from sellergate.domain.preferences import Locale
from sellergate.domain.windows import zone_named
from sellergate.ports.queries import PageRequest
from sellergate.services.announcing import Planned

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
Limit = Annotated[int, typer.Option(metavar="NUMBER", min=1, max=100, help="How many to show.")]
Name = Annotated[str, typer.Argument(metavar="NAME", help="The announcement's name in the plan.", show_default=False)]
OfPromotion = Annotated[
    bool, typer.Option("--promotion", help="Instead, what a promotion to the next step would have announced.")
]
AboutStep = Annotated[
    str | None, typer.Option("--step", metavar="STEP", help="Of one about each step: which; the next one without.")
]
Language = Annotated[Locale | None, typer.Option(help="Only this language.", show_default=False)]
Again = Annotated[bool, typer.Option("--again", help="Although it was sent already.")]
Text = Annotated[bool, typer.Option("--text", help="With the words that were sent.")]
StepName = Annotated[str, typer.Argument(metavar="STEP", help="The step's name in the plan.", show_default=False)]
When = Annotated[
    str | None,
    typer.Argument(
        metavar="DATE",
        help="When it is to begin, like 2026-05-12T02:00; in the plan's time zone unless the date names another.",
        show_default=False,
    ),
]
Clear = Annotated[bool, typer.Option("--clear", help="Nobody knows any more when it begins.")]


@app.callback()
def _group() -> None:
    """The plan's announcements."""


@app.command("list")
def list_(promotion: OfPromotion = False, as_json: AsJson = False) -> None:
    """Show what is to be announced, when it is due and why then, and whom it reaches."""
    with services() as assembly:
        announcing = assembly.announcing
        agenda, people = announcing.of_promotion() if promotion else announcing.agenda(), announcing.people()
    if as_json:
        show_json([_planned_facts(one, people) for one in agenda])
        return
    show_table(
        ["announcement", "step", "state", "due (UTC)", "to", "people", "why"],
        (
            (
                one.edition.announcement.name,
                one.edition.step and one.edition.step.name,
                one.state.value.replace("_", " "),
                one.edition.due_at,
                ", ".join(one.whom.places) or "nobody",
                one.whom.reach(people),
                " ".join((one.edition.why, *one.whom.missing)),
            )
            for one in agenda
        ),
        right=["people"],
    )


@app.command()
def preview(name: Name, step: AboutStep = None, language: Language = None, as_json: AsJson = False) -> None:
    """Show an announcement as it would be sent now; nothing is sent."""
    with services() as assembly:
        found = assembly.announcing.preview(name, step)
    if as_json:
        show_json(
            {
                "to": found.whom.places,
                "people": found.reach,
                "missing": found.whom.missing,
                "dueAt": found.edition.due_at,
                **found.texts,
            }
        )
        return
    say(f"To: {', '.join(found.whom.places) or 'nobody'} ({found.reach} recipients)")
    for missing in found.whom.missing:
        say(missing)
    for locale in [language] if language else Locale:
        say(f"\n{found.texts['subject'][locale]}\n\n{found.texts['text'][locale]}")


@app.command()
def send(name: Name, step: AboutStep = None, again: Again = False, as_json: AsJson = False) -> None:
    """Send an announcement now, whatever its date. It is not sent a second time by itself."""
    with services() as assembly:
        sent = assembly.announcing.send(actor(Role.OPERATOR), name, step, again=again)
    if as_json:
        show_json(_sent_facts(sent))
    else:
        say(f"{name} is on its way to {sent.told} recipients: {', '.join(sent.places)}.")


@app.command()
def schedule(step: StepName, date: When = None, clear: Clear = False, as_json: AsJson = False) -> None:
    """Set when a step is to begin, so that what is announced before it has a date. The step itself is not begun by it."""
    if (date is None) != clear:
        raise CommandError("Name a date, or --clear.", status=2)
    with services() as assembly:
        begins_at = None if date is None else _moment(date, assembly.plan.zone)
        start = assembly.announcing.schedule(actor(Role.OPERATOR), step, begins_at)
    if as_json:
        show_json({"step": step, "beginsAt": start.at, "why": start.why})
    else:
        show_facts({"step": step, "begins (UTC)": start.at or "not scheduled", "why": start.why})


@app.command()
def history(limit: Limit = 20, text: Text = False, as_json: AsJson = False) -> None:
    """Show what was announced, newest first: when, to whom, to how many, and by whom."""
    with services() as assembly:
        page = assembly.announcing.history(PageRequest(limit))
    if as_json:
        show_json({"total": page.total, "items": [_sent_facts(one) for one in page.items]})
        return
    say(f"Announced: {page.total}")
    rows = (
        (one.at, one.name, one.step, ", ".join(one.places), one.told, one.by, "yes" if one.done_at else "under way")
        for one in page.items
    )
    if page.items:
        show_table(["at (UTC)", "announcement", "step", "to", "told", "by", "done"], rows, right=["told"])
    for one in page.items if text else ():
        for locale in Locale:
            say(
                f"{one.name}, {one.at:%Y-%m-%d}, {locale}: {one.texts['subject'][locale]}\n\n{one.texts['text'][locale]}\n"
            )


def _moment(date: str, zone: str) -> datetime:
    try:
        at = datetime.fromisoformat(date)
    except ValueError:
        raise CommandError(f"{date} is no date; one like 2026-05-12T02:00 is needed.", status=2) from None
    return at if at.tzinfo is not None else at.replace(tzinfo=zone_named(zone))


def _planned_facts(one: Planned, people: Mapping[Audience, int]) -> dict[str, Any]:
    edition = one.edition
    return {
        "announcement": edition.announcement.name,
        "audience": edition.announcement.audience,
        "occasion": edition.announcement.occasion.value,
        "step": edition.step.name if edition.step else None,
        "state": one.state.value,
        "why": edition.why,
        "dueAt": edition.due_at,
        "beginsAt": edition.begins_at,
        "sentAt": one.announced.at if one.announced else None,
        "to": one.whom.places,
        "people": one.whom.reach(people),
        "missing": one.whom.missing,
    }


def _sent_facts(one: Announced) -> dict[str, Any]:
    return {camel(name): getattr(one, name) for name in one.__dataclass_fields__ if name not in ("key", "cursor")}
