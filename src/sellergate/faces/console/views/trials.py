"""What was tried before a step, as its list shows it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sellergate.domain.trials import Trial, TrialKind
from sellergate.faces.console.formats import NOTHING
from sellergate.faces.console.language import Words
from sellergate.faces.console.visit import Visit

ADDRESS: Final = "/o/trials"
FACTS_MAX: Final = 200
"""A simulation can have a line for each seller; what is beyond is in its own report."""
ICONS: Final[Mapping[TrialKind, str]] = {
    TrialKind.LOADTEST: "gauge",
    TrialKind.SIMULATION: "git-compare",
    TrialKind.DRILL: "rotate-ccw",
    TrialKind.CANARY: "list-filter",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialLine:
    """One trial. `short` are the figures people ask for first, `facts` all there are, by their path in its summary."""

    id: int
    name: str
    icon: str
    holds: bool
    by: str
    at: datetime
    short: str
    facts: list[tuple[str, str]]


def trial_line(visit: Visit, trial: Trial) -> TrialLine:
    """A trial for the list."""
    return TrialLine(
        id=trial.id,
        name=trial_names(visit.words)[trial.kind],
        icon=ICONS[trial.kind],
        holds=trial.holds,
        by=trial.actor_id,
        at=trial.at,
        short=_short(visit, trial),
        facts=[fact for fact, _ in zip(_flat(trial.summary), range(FACTS_MAX), strict=False)],
    )


def trial_names(words: Words) -> dict[TrialKind, str]:
    """What was tried."""
    return {
        TrialKind.LOADTEST: words.gettext("Load test"),
        TrialKind.SIMULATION: words.gettext("Simulation"),
        TrialKind.DRILL: words.gettext("Rollback drill"),
        TrialKind.CANARY: words.gettext("Canary suggestion"),
    }


def _short(visit: Visit, trial: Trial) -> str:
    words, facts = visit.words, trial.summary
    if trial.kind is TrialKind.LOADTEST:
        return words.gettext(
            "P95 %(latency)s ms, %(checks)s checks", latency=facts.get("p95Milliseconds"), checks=facts.get("checks")
        )
    if trial.kind is not TrialKind.DRILL:
        return ""
    return words.gettext(
        "%(applied)s of %(processes)s servers in %(milliseconds)s ms",
        applied=facts.get("applied"),
        processes=facts.get("processes"),
        milliseconds=facts.get("milliseconds"),
    )


def _flat(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _flat(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list | tuple):
        for number, inner in enumerate(value, start=1):
            yield from _flat(inner, f"{path} {number}")
    else:
        yield path, NOTHING if value is None else str(value)
