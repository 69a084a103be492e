"""Taking answers off the gate's hands: a check leaves a tuple in a bounded buffer, a thread makes lines of them."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from math import isfinite
from typing import Final, NamedTuple

import msgspec

from sellergate.adapters.decision_log.files import RotatingFile
from sellergate.domain.gate import GateAnswer, Mode
from sellergate.domain.sampling import WHOLE, is_sampled

log = logging.getLogger(__name__)

EVERY_SECONDS: Final = 0.5
AT_ONCE: Final = 2_000
"""Lines made between two looks at who else wants to run."""

_encode: Final = msgspec.json.Encoder(decimal_format="number").encode


class Decision(NamedTuple):
    """One answer, as a check leaves it. `at` is in seconds since the epoch."""

    at: float
    seller: str
    product: str
    stage: str
    value: Decimal | float | None
    answer: GateAnswer


class Line(msgspec.Struct, rename="camel", omit_defaults=True):
    """One line of the log; what is null or false by nature of most checks is left out, but for `allowed`."""

    at: str
    seller_id: str
    product_id: str
    stage: str
    allowed: bool
    mode: str
    reason: str
    status: str
    rollout_version: int
    cache_hit: bool
    error_code: str | None = None
    value: Decimal | float | None = None


class DecisionLog:
    """Records checks of the pairs in the sample. `put` is called by every thread that checks; one thread of its own writes.

    Above `most_waiting` answers that are not written yet, and while the disk does not take any, answers are dropped; `dropped`
    says how many. At `stop` everything that waits is written.
    """

    def __init__(
        self,
        file: RotatingFile,
        *,
        percent: float = WHOLE,
        most_waiting: int = 100_000,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._file = file
        self._percent = percent
        self._is_whole = percent >= WHOLE
        self._most = most_waiting
        self._wall = wall
        self._waiting: deque[Decision] = deque()
        self._given_up = 0
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._is_in_trouble = False

    def put(self, seller: str, product: str, stage: str, value: Decimal | float | None, answer: GateAnswer) -> None:
        """Take one answer; none of phase off, in which nothing is decided. Never waits for the disk, and never raises."""
        if answer.mode is Mode.OFF or not (self._is_whole or is_sampled(seller, product, self._percent)):
            return
        if len(self._waiting) >= self._most:
            self._drop(1)
            return
        self._waiting.append(Decision(self._wall(), seller, product, stage, value, answer))

    @property
    def dropped(self) -> int:
        """How many answers were not written for want of room or disk."""
        return self._given_up

    def _drop(self, number: int) -> None:
        with self._lock:
            self._given_up += number

    def start(self) -> None:
        """Write twice a second."""
        self._thread = threading.Thread(target=self._run, name="sellergate-decisions", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread, write what waits, and end the file."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
        self.flush()
        try:
            self._file.close()
        except OSError as error:
            self._met(error)

    def _run(self) -> None:
        while not self._stopping.wait(EVERY_SECONDS):
            self.flush()

    def flush(self) -> None:
        """Write everything that waits now. Never raises: what the disk does not take is dropped, counted, and logged once."""
        with self._writing:
            remaining = len(self._waiting)
            while remaining > 0:
                some = [self._waiting.popleft() for _ in range(min(AT_ONCE, remaining))]
                remaining -= len(some)
                try:
                    self._file.write([_line(decision) for decision in some])
                except (OSError, ValueError) as error:  # the latter for what is no Unicode
                    self._drop(len(some))
                    self._met(error)
                else:
                    self._over()

    def _met(self, error: Exception) -> None:
        if not self._is_in_trouble:
            log.warning("The decision log cannot be written; checks go on without it: %s", error)
        self._is_in_trouble = True

    def _over(self) -> None:
        if self._is_in_trouble:
            log.warning("The decision log is written again.")
        self._is_in_trouble = False


def _line(decision: Decision) -> bytes:
    answer = decision.answer
    at = datetime.fromtimestamp(decision.at, UTC).isoformat(timespec="milliseconds")
    line = Line(
        at=at.removesuffix("+00:00") + "Z",
        seller_id=decision.seller,
        product_id=decision.product,
        stage=decision.stage,
        allowed=answer.allowed,
        mode=answer.mode.value,
        reason=answer.reason.value,
        status=answer.status.value,
        rollout_version=answer.version,
        cache_hit=answer.cache_hit,
        error_code=answer.error_code,
        value=_amount(decision.value),
    )
    return _encode(line) + b"\n"


def _amount(value: object) -> Decimal | float | None:
    """What the caller said the sale is worth, where that is an amount at all."""
    if not isinstance(value, int | float | Decimal):
        return None
    return value if isfinite(value) else None
