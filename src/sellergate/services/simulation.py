"""Replaying recorded checks against today's approvals, in any phase, without touching anything."""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby, islice
from operator import attrgetter
from typing import Final

from sellergate.domain.directory import Seller, Tier
from sellergate.domain.gate import Facts, GateDecision, Stage, decide
from sellergate.domain.identifiers import ProductId
from sellergate.domain.policy import ProductLimits, SupplierPolicy
from sellergate.domain.rollout import RolloutState
from sellergate.domain.shadow import ShadowCount
from sellergate.domain.simulation import (
    NEEDS_A_REQUEST,
    Collision,
    Denial,
    Outcome,
    Pair,
    Recorded,
    RecordedCheck,
)
from sellergate.ports.clock import Clock, utc_now
from sellergate.ports.stores import Store, View

SELLERS_AT_ONCE: Final = 200
PRODUCTS_AT_ONCE: Final = 1_000
COUNTS_AT_ONCE: Final = 2_000

Sink = Callable[[Denial], object]
"""Told of every pair and stage that would be denied."""


class Simulation:
    """What phases would do to recorded checks, decided on the facts of today by the code that the gate decides with."""

    def __init__(self, store: Store, limits: ProductLimits, *, now: Clock = utc_now) -> None:
        self._store = store
        self._limits = limits
        self._now = now

    def shadow_checks(self) -> Iterator[RecordedCheck]:
        """What shadow phases have recorded: only checks that would have been denied when they were made."""
        for count in self._shadow_counts():
            yield RecordedCheck(
                seller_id=count.key.seller_id,
                product_id=count.key.product_id,
                stage=Stage(count.key.stage),
                count=count.count,
                value=count.value,
                at=count.last_seen,
            )

    def _shadow_counts(self) -> Iterator[ShadowCount]:
        last = None
        while True:
            with self._store.view() as view:
                batch = view.shadow.all_after(last, COUNTS_AT_ONCE)
            if not batch:
                return
            yield from batch
            last = batch[-1].key

    def run(
        self, recorded: Recorded, states: Sequence[RolloutState], sink: Sink | None = None
    ) -> Iterator[tuple[int, list[Outcome]]]:
        """Work through the pairs, some hundred sellers at a time; after each how many pairs are done, and what it is so far.

        One outcome for each state, complete after the last. Raises StoreUnavailable.
        """
        outcomes = [Outcome(state) for state in states]
        by_seller = groupby(sorted(recorded.pairs), key=attrgetter("seller_id"))
        policies: dict[str, SupplierPolicy] = {}
        done = 0
        while some := [(seller, list(pairs)) for seller, pairs in islice(by_seller, SELLERS_AT_ONCE)]:
            with self._store.view() as view:
                sellers = view.directory.sellers_of(id for id, _ in some)
                slots = view.authorizations.slots_by_seller((id for id, _ in some), self._now())
                for seller_id, pairs in some:
                    case = _Case(seller_id, sellers.get(seller_id), slots.get(seller_id, 0), view, policies)
                    self._judge(case, pairs, recorded, outcomes, sink)
                    done += len(pairs)
            yield done, outcomes
        yield done, outcomes

    def _judge(
        self, case: "_Case", pairs: list[Pair], recorded: Recorded, outcomes: list[Outcome], sink: Sink | None
    ) -> None:
        needed = [0] * len(outcomes)
        for pair, facts in self._facts(case.seller_id, pairs):
            decision = decide(facts, self._now().timestamp())
            for place, outcome in enumerate(outcomes):
                denials = outcome.judge(pair, decision, facts.supplier_id, recorded.pairs[pair])
                if denials and _needs_a_request(decision, facts):
                    case.ask(outcome, pair, facts)
                    needed[place] += 1
                if sink is not None:
                    for denial in denials:
                        sink(denial)
        self._note_collisions(case, outcomes, needed)

    def _facts(self, seller_id: str, pairs: list[Pair]) -> Iterator[tuple[Pair, Facts]]:
        for start in range(0, len(pairs), PRODUCTS_AT_ONCE):
            some = pairs[start : start + PRODUCTS_AT_ONCE]
            facts = self._store.facts(seller_id, [pair.product_id for pair in some])
            yield from zip(some, facts, strict=True)

    def _note_collisions(self, case: "_Case", outcomes: list[Outcome], needed: list[int]) -> None:
        limit = self._limits.of(case.tier)
        if limit is None:
            return
        for outcome, number in zip(outcomes, needed, strict=True):
            if number and case.slots + number > limit:
                outcome.collisions.append(Collision(case.seller_id, case.tier, case.slots, number, limit))


def _needs_a_request(decision: GateDecision, facts: Facts) -> bool:
    return decision.reason in NEEDS_A_REQUEST and facts.supplier_id is not None


class _Case:
    """One seller, while their pairs are judged; one the directory does not know counts as the lowest tier."""

    def __init__(
        self, seller_id: str, seller: Seller | None, slots: int, view: View, policies: dict[str, SupplierPolicy]
    ) -> None:
        self.seller_id = seller_id
        self.tier = seller.tier if seller else Tier.BRONZE
        self.slots = slots
        self._seller = seller
        self._view = view
        self._policies = policies

    def ask(self, outcome: Outcome, pair: Pair, facts: Facts) -> None:
        """Put the request this pair would need into the supplier's inbox, unless a policy would answer it."""
        supplier_id = facts.supplier_id
        assert supplier_id is not None  # noqa: S101  see _needs_a_request
        if supplier_id not in self._policies:
            self._policies[supplier_id] = self._view.directory.policy(supplier_id)
        policy = self._policies[supplier_id]
        approved = self._seller is not None and policy.approves(self._seller, ProductId(pair.product_id))
        outcome.ask(supplier_id, auto_approved=approved)
