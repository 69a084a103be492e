"""The gate: whether a seller may sell a product, here and now, as far as the rollout enforces it.

A check that memory can answer costs two clock readings, four dictionary look-ups and three counters, and creates nothing:
every answer there can be was made when the rollout last changed.
"""

import asyncio
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from functools import partial
from typing import Final, NamedTuple

from sellergate.domain.errors import InvalidInput
from sellergate.domain.gate import (
    BYPASSED,
    CHECK_FAILED,
    DENY_CODES,
    GateAnswer,
    GateDecision,
    Mode,
    Stage,
    decide,
    enforce,
)
from sellergate.domain.rollout import RolloutState
from sellergate.ports.cache import BootClock, FactsMemory, SharedTier
from sellergate.ports.stores import FactsReader, View
from sellergate.services.counting import NEAR, NEAR_BINS, Cells, Counters, bin_of
from sellergate.services.damage import DenialRecorder
from sellergate.services.evaluation import Evaluation, Evaluator, is_strict
from sellergate.services.rollout_view import ModeRow, RolloutView
from sellergate.services.shadow import ShadowRecorder
from sellergate.services.tallies import OrderValue

THREADS: Final = 8
"""How many asynchronous checks can wait for the store at once; more queue."""


class Question(NamedTuple):
    """What one check asks."""

    seller: str
    product: str
    stage: str
    value: OrderValue


STAGES: Final = frozenset(stage.value for stage in Stage)


class Gate:
    """Answers checks, and follows the rollout it is told.

    Thread-safe; made once per process. `denials` is told of what enforcement denies. `shared` is asked where memory does not
    know. `views` opens a reading of the store for questions about the past. `wall` is seconds since the epoch, `boot`
    nanoseconds since the machine started. A check never raises for trouble with the store: it is answered CHECK_FAILED,
    denied where enforced and allowed in shadow, and counted as an error.
    """

    def __init__(
        self,
        reader: FactsReader,
        memory: FactsMemory,
        *,
        counters: Counters,
        shadow: ShadowRecorder,
        denials: DenialRecorder | None = None,
        views: Callable[[], AbstractContextManager[View]],
        rollout: RolloutState,
        boot: BootClock,
        shared: SharedTier | None = None,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._memory = memory
        self._entries = memory.entries
        self._local = counters.local
        self._evaluator = Evaluator(
            reader, memory, shared=shared, local=counters.local, views=views, boot=boot, wall=wall
        )
        self._shadow = shadow
        self._denials = denials
        self._boot = boot
        self._wall = wall
        self._rollout = RolloutView(rollout)
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="sellergate-check")

    @property
    def rollout(self) -> RolloutState:
        """The rollout that checks are answered by."""
        return self._rollout.state

    def follow(self, state: RolloutState) -> None:
        """Answer by this rollout from the next check on."""
        if state != self._rollout.state:
            self._rollout = RolloutView(state)

    def close(self) -> None:
        """Let go of the threads of asynchronous checks, once they are answered."""
        self._pool.shutdown()

    def check(
        self,
        seller: str,
        product: str,
        *,
        stage: str = "cart",
        consistency: str | None = None,
        as_of: datetime | None = None,
        value: OrderValue = None,
    ) -> GateAnswer:
        """Whether this seller may sell this product at this stage.

        Without `consistency`, cart and order are answered from memory where it may be believed, settlement always from the
        store. With `as_of`, as things stood at that moment (status of authorization and seller; the product as it is now).
        `value` is what the sale is worth: the reports of denials, shadow and enforced, add it up. Raises InvalidInput for ids,
        stages and moments that cannot be, and nothing else.
        """
        if consistency is None and as_of is None:
            answer = self._from_memory(seller, product, stage, value)
            if answer is not None:
                return answer
        return self._check(Question(seller, product, stage, value), consistency, as_of)

    def try_cached(
        self, seller: str, product: str, *, stage: str = "cart", value: OrderValue = None
    ) -> GateAnswer | None:
        """The answer to `check` where it needs no store; None, and nothing counted, where it does.

        For callers that must not wait. Never raises.
        """
        return self._from_memory(seller, product, stage, value)

    def _from_memory(self, seller: str, product: str, stage: str, value: OrderValue) -> GateAnswer | None:
        # The hot path. Positional parameters only: a call with keywords costs a quarter of a dictionary look-up more.
        began = self._boot()
        rollout = self._rollout
        try:
            if rollout.off is not None:
                return rollout.off if stage in STAGES else None
            row = rollout.fixed or rollout.rows[product]
            cells = self._local.cells
            if row.bypassed is not None:
                cells.unasked[stage][row.offset + BYPASSED.index] += 1
                return row.bypassed
            counts = cells.hits_by_default[stage]
            entry = self._entries[seller][product]
        except (KeyError, TypeError):  # nothing remembered, not cached at this stage, or not even an identifier
            return None
        if began >= entry.fresh_until or began >= self._memory.believed_until:
            return None
        decision = entry.decision or decide(entry.facts, self._wall())
        index = decision.index
        if not decision.allowed and row.records:
            self._record(row.mode, decision, Question(seller, product, stage, value))
        counts[row.offset + index] += 1
        elapsed = self._boot() - began
        cells.hit_ns += elapsed
        cells.hit_bins[NEAR_BINS[elapsed] if elapsed < NEAR else bin_of(elapsed)] += 1
        return row.hits[index]

    def allows(
        self,
        seller: str,
        product: str,
        *,
        stage: str = "cart",
        consistency: str | None = None,
        as_of: datetime | None = None,
        value: OrderValue = None,
    ) -> bool:
        """Whether `check` allows it. The same counters, the same errors."""
        if consistency is None and as_of is None:
            answer = self._from_memory(seller, product, stage, value)
            if answer is not None:
                return answer.allowed
        return self._check(Question(seller, product, stage, value), consistency, as_of).allowed

    async def acheck(
        self,
        seller: str,
        product: str,
        *,
        stage: str = "cart",
        consistency: str | None = None,
        as_of: datetime | None = None,
        value: OrderValue = None,
    ) -> GateAnswer:
        """`check` for asynchronous programs: at once when memory has the answer, otherwise in a thread."""
        if consistency is None and as_of is None:
            answer = self._from_memory(seller, product, stage, value)
            if answer is not None:
                return answer
        check = partial(self._check, Question(seller, product, stage, value), consistency, as_of)
        return await asyncio.get_running_loop().run_in_executor(self._pool, check)

    def check_many(
        self, seller: str, products: Iterable[str], *, stage: str = "cart", consistency: str | None = None
    ) -> list[GateAnswer]:
        """The answers to `check` for one seller and each product, in the order asked; the store is asked at most once.

        The latency counted for each is its share of the batch. Raises InvalidInput, before anything is counted, for ids and
        stages that cannot be.
        """
        began = self._boot()
        rollout, asked = self._rollout, list(products)
        strict = is_strict(consistency, _checked_stage(stage))
        if rollout.off is not None:
            return [rollout.off] * len(asked)
        rows = {product: rollout.row_for(product) for product in asked}
        seen = [product for product, row in rows.items() if row.bypassed is None]
        evaluations = self._evaluator.evaluate(seller, seen, strict=strict, now=began)
        share = (self._boot() - began) // max(len(asked), 1)
        answers = []
        for product in asked:
            row = rows[product]
            if row.bypassed is None:
                answers.append(self._answer(Question(seller, product, stage, None), row, evaluations[product], share))
            else:
                answers.append(_bypassed(row, self._local.cells, stage))
        return answers

    def _check(self, question: Question, consistency: str | None, as_of: datetime | None) -> GateAnswer:
        began = self._boot()
        rollout, seller, product = self._rollout, question.seller, question.product
        strict = is_strict(consistency, _checked_stage(question.stage))
        moment = None if as_of is None else _checked_moment(as_of, self._wall())
        if rollout.off is not None:
            return rollout.off
        row = rollout.row_for(product)
        if row.bypassed is not None:
            return _bypassed(row, self._local.cells, question.stage)
        if moment is None:
            evaluation = self._evaluator.evaluate(seller, [product], strict=strict, now=began)[product]
        else:
            evaluation = self._evaluator.evaluate_past(seller, product, moment)
        return self._answer(question, row, evaluation, self._boot() - began)

    def _answer(self, question: Question, row: ModeRow, evaluation: Evaluation, elapsed: int) -> GateAnswer:
        decision = evaluation.decision
        if not decision.allowed and row.records:
            self._record(row.mode, decision, question)
        cells = self._local.cells
        cells.count(question.stage, row.offset + decision.index, evaluation.cache_hit, elapsed)
        cells.shared_answers += evaluation.is_shared
        answer = (row.hits if evaluation.cache_hit else row.misses)[decision.index]
        if evaluation.snapshot is None:
            return answer
        return enforce(decision, row.mode, version=answer.version, cache_hit=False, snapshot=evaluation.snapshot)

    def _record(self, mode: Mode, decision: GateDecision, question: Question) -> None:
        seller, product, stage, value = question
        if mode is Mode.ENFORCED:
            if self._denials is not None:
                self._denials.record(seller, product, stage, DENY_CODES[decision.reason], value)
        # A failed check says nothing about the pair: it denied a sale, and would have; it is no line of the shadow report.
        elif decision is not CHECK_FAILED:
            self._shadow.record(seller, product, stage, DENY_CODES[decision.reason], value)


def _bypassed(row: ModeRow, cells: Cells, stage: str) -> GateAnswer:
    cells.unasked[stage][row.offset + BYPASSED.index] += 1
    return row.misses[BYPASSED.index]


def _checked_stage(stage: str) -> str:
    if not isinstance(stage, str) or stage not in STAGES:
        raise InvalidInput("stage must be cart, order or settlement.", field="stage")
    return stage


def _checked_moment(as_of: datetime, now: float) -> datetime:
    if not isinstance(as_of, datetime) or as_of.tzinfo is None:
        raise InvalidInput("asOf must be a time with its zone.", field="asOf")
    if as_of.timestamp() > now:
        raise InvalidInput("asOf must not be in the future.", field="asOf")
    try:
        return as_of.astimezone(UTC)
    except OverflowError:
        raise InvalidInput("asOf is too long ago.", field="asOf") from None
