"""The form that asks for what a seller is to be told."""

from dataclasses import dataclass

from sellergate.domain.authorization import Action
from sellergate.faces.console.decision_forms import NOTE_MAX, DecisionForm, presets
from sellergate.faces.console.views.decisions import new_key
from sellergate.faces.console.visit import Visit


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonView:
    """The form, with what was sent; `presets` is empty where only a note is asked for."""

    title: str
    action: str
    is_danger: bool
    presets: list[tuple[str, str]]
    chosen: str
    note: str
    note_max: int
    error: str
    hidden: list[tuple[str, str]]
    again: str


def reason_view(visit: Visit, form: DecisionForm, error: str = "") -> ReasonView:
    """The form for this decision."""
    words, number = visit.words, len(form.seen)
    rejects = form.action is Action.REJECT
    return ReasonView(
        title=_title(visit, form, number),
        action=form.action.value,
        is_danger=rejects,
        presets=presets(words) if rejects else [],
        chosen=form.preset or "2",
        note=form.note,
        note_max=NOTE_MAX,
        error=error,
        hidden=_hidden(visit, form),
        again=again_on(visit),
    )


def again_on(visit: Visit) -> str:
    """The day from which a rejected seller may ask again."""
    return visit.formats.date(visit.parts.now() + visit.parts.cooldown)


def _title(visit: Visit, form: DecisionForm, number: int) -> str:
    words = visit.words
    if form.action is not Action.REJECT:
        return words.gettext("Ask for information")
    if form.everything:
        return words.gettext("Reject all that match")
    return words.ngettext("Reject %(num)s request", "Reject %(num)s requests", number)


def _hidden(visit: Visit, form: DecisionForm) -> list[tuple[str, str]]:
    """What the form is about, as it was sent."""
    kept = [("key", form.key or new_key()), *(("id", f"{id}@{version}") for id, version in form.seen)]
    if form.everything:
        kept.append(("all", "1"))
        kept += [(name, visit.sent(name)) for name in ("as_of", "view", "q", "product", "tier") if visit.sent(name)]
    return kept
