"""A whole rollout on one page: what was done and when, what it rested on, what went wrong, and what that has cost."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from sellergate.domain.plan import RolloutPlan
from sellergate.domain.rollout import Phase, RolloutAction, RolloutChange
from sellergate.domain.trials import TrialKind
from sellergate.ports.clock import Clock, utc_now
from sellergate.ports.queries import Page, PageRequest
from sellergate.ports.stores import Store, View
from sellergate.services.damage import Damage

A_PAGE: Final = 100
BEFORE_THE_VERDICT: Final = timedelta(minutes=5)
"""What a verdict looks back on: what was denied before it was reached was denied in the same trouble."""
HEARD_WITHIN: Final = timedelta(seconds=10)


class Retrospective:
    """Writes the page, as Markdown. Raises StoreUnavailable."""

    def __init__(self, store: Store, plan: RolloutPlan, damage: Damage, *, now: Clock = utc_now) -> None:
        self._store = store
        self._plan = plan
        self._damage = damage
        self._now = now

    def page(self) -> str:
        """Everything since the rollout was first managed."""
        with self._store.view() as view:
            history = _history(view)
            parts = [
                [f"# Retrospective: {self._plan.name}", "", f"Made {_time(self._now())}."],
                self._course(history),
                _overrides(history),
                _signatures(view),
                _verdicts(view),
                _trials(view),
            ]
            troubles = [(change, self._began(view, change)) for change in history if _is_rollback(change)]
        parts.insert(3, self._rollbacks(troubles))
        return "\n".join(line for part in parts for line in (*part, "")).rstrip() + "\n"

    def _course(self, history: Sequence[RolloutChange]) -> list[str]:
        if not history:
            return ["## Course", "", "Nobody has moved the rollout yet."]
        lines = [
            "## Course",
            "",
            "| time | what | from | to | lasted | by | why |",
            "| --- | --- | --- | --- | --- | --- | --- |",
        ]
        ends = [change.at for change in history[1:]] + [self._now()]
        for change, end in zip(history, ends, strict=True):
            cells = (
                _time(change.at),
                change.action.value,
                _place(change.from_phase, change.from_percentage, change.from_step),
                _place(change.to_phase, change.to_percentage, change.to_step),
                _span(end - change.at),
                change.actor_id,
                change.reason,
            )
            lines.append("| " + " | ".join(_cell(cell) for cell in cells) + " |")
        return lines

    def _began(self, view: View, change: RolloutChange) -> datetime:
        verdict = None if change.verdict_id is None else view.verdicts.get(change.verdict_id)
        return (change.at if verdict is None else verdict.since) - BEFORE_THE_VERDICT

    def _rollbacks(self, troubles: Sequence[tuple[RolloutChange, datetime]]) -> list[str]:
        lines = ["## Rollbacks", ""]
        for change, began in troubles:
            totals = self._damage.report(began, change.at + HEARD_WITHIN, top=0).totals
            cost = f"{totals.all.denials:,} denials of {totals.sellers:,} sellers and {totals.products:,} products"
            lines.append(f"- {_time(change.at)}, by {change.actor_id}: {change.reason} Denied around it: {cost}.")
        return lines if troubles else [*lines, "There were none."]


def _history(view: View) -> list[RolloutChange]:
    """Every change, oldest first."""
    changes: list[RolloutChange] = []
    page = PageRequest(A_PAGE)
    while True:
        found: Page[RolloutChange] = view.rollouts.history(page)
        changes += found.items
        if found.next is None:
            return changes[::-1]
        page = PageRequest(A_PAGE, found.next)


def _is_rollback(change: RolloutChange) -> bool:
    return change.action is RolloutAction.ROLLBACK and change.from_phase is not Phase.OFF


def _overrides(history: Sequence[RolloutChange]) -> list[str]:
    lines = [
        f"- {_time(change.at)}, by {change.actor_id}, to {change.to_step or change.to_phase.value}: "
        f"{' '.join(change.overridden)} Said: {change.reason}"
        for change in history
        if change.overridden
    ]
    return ["## Overrides", "", *(lines or ["There were none."])]


def _signatures(view: View) -> list[str]:
    lines = [
        f"- {_time(signed.at)}, {signed.criterion} {'withdrawn' if signed.withdrawn else 'signed'} by {signed.by}: {signed.note}"
        for signed in view.sign_offs.since(None)
    ]
    return ["## Signatures", "", *(lines or ["There are none."])]


def _verdicts(view: View) -> list[str]:
    counts = Counter(verdict for verdict in _stored(view))
    lines = [f"- {verdict.replace('_', ' ').capitalize()}: {times}" for verdict, times in counts.most_common()]
    return ["## Verdicts that were stored", "", *(lines or ["There are none."])]


def _stored(view: View) -> Iterator[str]:
    page = PageRequest(A_PAGE)
    while True:
        found = view.verdicts.list(page)
        yield from (verdict.verdict for verdict in found.items)
        if found.next is None:
            return
        page = PageRequest(A_PAGE, found.next)


def _trials(view: View) -> list[str]:
    latest = [view.trials.latest(kind) for kind in TrialKind]
    lines = [
        f"- {trial.kind.value}, {_time(trial.at)}: {'held' if trial.holds else 'did not hold'}"
        for trial in latest
        if trial
    ]
    return ["## Trials, the last of each kind", "", *(lines or ["There were none."])]


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"


def _place(phase: Phase, percentage: int, step: str | None) -> str:
    share = f" {percentage} %" if phase is Phase.PERCENTAGE else ""
    return f"{phase.value}{share}" if step in (None, phase.value) else f"{step} ({phase.value}{share})"


def _span(span: timedelta) -> str:
    hours, rest = divmod(int(span.total_seconds()), 3600)
    days, hours = divmod(hours, 24)
    return (
        f"{days} d {hours} h" if days else f"{hours} h {rest // 60} min" if hours else f"{rest // 60} min {rest % 60} s"
    )


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
