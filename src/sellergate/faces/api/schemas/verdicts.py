"""Verdicts of the past, signatures, and what a bad stretch has cost, as they are sent."""

from typing import Any, Self

from sellergate.faces.wire import Money, Text, UtcTime, WireIn, WireOut
from sellergate.ports.control import SignOff, StoredVerdict
from sellergate.services.damage import DamageReport
from sellergate.services.verdicts import Replay


class StoredVerdictOut(WireOut):
    """A verdict as it was; `since` is since when it had been this one without a break."""

    id: int
    at: UtcTime
    since: UtcTime
    rollout_version: int
    verdict: str
    sentence: str
    judgement: dict[str, Any]

    @classmethod
    def of(cls, verdict: StoredVerdict) -> Self:
        """The verdict as it is sent."""
        return cls.model_validate(verdict)


class ReplayOut(WireOut):
    """A verdict judged again from its evidence: whether all of it is the same, to the last bit."""

    id: int
    verdict: str
    sentence: str
    is_same: bool

    @classmethod
    def of(cls, replay: Replay) -> Self:
        """The replay as it is sent."""
        stored = replay.stored
        return cls(id=stored.id, verdict=stored.verdict, sentence=replay.sentence, is_same=replay.is_same)


class SignIn(WireIn):
    """What was looked at, in 10 to 500 characters."""

    note: Text | None = None


class SignedOut(WireOut):
    """A person's word about one criterion."""

    step: str
    criterion: str
    by: str
    note: str
    at: UtcTime
    withdrawn: bool

    @classmethod
    def of(cls, signed: SignOff) -> Self:
        """The signature as it is sent."""
        return cls.model_validate(signed)


class DenialSumOut(WireOut):
    """How often a seller, a product, a stage or a code was among the denials, and what was at stake."""

    of: str | None
    denials: int
    value: Money
    first_seen: UtcTime | None
    last_seen: UtcTime | None


class DamageTotalsOut(WireOut):
    """How much it is altogether; a pair is a seller and a product."""

    all: DenialSumOut
    pairs: int
    sellers: int
    products: int


class DamageOut(WireOut):
    """What was denied in a span, exact to the minute: in all, and by whom it met most."""

    since: UtcTime
    until: UtcTime
    totals: DamageTotalsOut
    by_seller: list[DenialSumOut]
    by_product: list[DenialSumOut]
    by_stage: list[DenialSumOut]
    by_error_code: list[DenialSumOut]

    @classmethod
    def of(cls, report: DamageReport) -> Self:
        """The report as it is sent."""
        return cls.model_validate(report)
