"""Somebody's word that what this version makes was proved, or is where it belongs: with the fingerprint of what they looked at."""

from collections.abc import Mapping
from typing import Final

from sellergate.domain.criteria import Check
from sellergate.domain.identifiers import Actor
from sellergate.domain.plan import RolloutPlan
from sellergate.ports.clock import Clock, utc_now
from sellergate.ports.control import SignOff
from sellergate.ports.stores import Store

ATTESTED: Final[Mapping[Check, str]] = {
    Check.ALERT_RULES_PROVED: "sellergate alerts prove",
    Check.DASHBOARDS_PRESENT: "sellergate dashboards check FOLDER",
}
"""What a program finds out at a moment and signs for, and the command that does."""


class Proving:
    """Keeps such words where signatures are kept: they count for the very thing they were given for, until the next rollback."""

    def __init__(self, store: Store, plan: RolloutPlan, *, now: Clock = utc_now) -> None:
        self._store = store
        self._plan = plan
        self._now = now

    def attest(self, by: Actor, check: Check, fingerprint: str, sentence: str) -> int:
        """What has this fingerprint holds, as the sentence says. The answer is how many criteria of the plan ask for it."""
        asked = [
            (step.name, criterion.name)
            for step in self._plan.steps
            for criterion in (*step.entry, *step.criteria)
            if criterion.check is check
        ]
        with self._store.work() as work:
            for step, criterion in asked:
                work.sign_offs.add(
                    SignOff(
                        step=step,
                        criterion=criterion,
                        by=by.id,
                        role=by.role.value,
                        note=f"{fingerprint}: {sentence}",
                        at=self._now(),
                        withdrawn=False,
                    )
                )
        return len(asked)


def is_of(signed: SignOff, fingerprint: str) -> bool:
    """Whether the word was given for what has this fingerprint."""
    return signed.note.partition(": ")[0] == fingerprint


def sentence_of(signed: SignOff) -> str:
    """What was found."""
    return signed.note.partition(": ")[2]
