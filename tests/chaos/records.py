"""What processes leave behind: gates every check they made, the writer every change of the truth."""

import json
from array import array
from bisect import bisect_right
from dataclasses import asdict, dataclass
from enum import IntEnum
from pathlib import Path
from typing import NamedTuple

from chaos.clock import now

WORDS = 4
FOREVER = 2**63
STRICT = 1 << 8
"""Added to the answer of a check that must not be answered from memory."""


class Answer(IntEnum):
    """How a check was answered."""

    DENY = 0
    ALLOW = 1
    FAILED = 2
    RAISED = 3


class Check(NamedTuple):
    """One check, by the clock that all processes of a machine share."""

    start: int
    end: int
    pair: int
    answer: Answer
    strict: bool = False


class Recorder:
    """Checks of one process, gathered in memory: some hundred nanoseconds each."""

    def __init__(self, gate):
        self._gate = gate
        self._words = array("q")
        self.failed = 0

    def check(self, number, pair, *, strict=False):
        """Ask the gate, and keep when and what."""
        start = now()
        try:
            answer = self._gate.check(*pair, consistency="strict" if strict else None)
        except Exception:  # noqa: BLE001 - that nothing is raised is one of the things to prove
            code = Answer.RAISED
        else:
            code = answer.allowed or (answer.error_code == "ERR_AUTHORIZATION_CHECK_FAILED") * Answer.FAILED
        self.failed += code == Answer.FAILED
        self._words.extend((start, now(), number, code | strict * STRICT))

    def flush(self, path):
        """Write everything down and begin anew."""
        words, self._words = self._words, array("q")
        with Path(path).open("ab") as file:
            words.tofile(file)


ANSWERS = {code | strict * STRICT: (Answer(code), strict) for code in Answer for strict in (False, True)}


def checks_in(path):
    """The checks that were written down there, in order."""
    words = array("q")
    words.frombytes(Path(path).read_bytes())
    for start, end, pair, code in zip(*(words[word::WORDS] for word in range(WORDS)), strict=True):
        yield Check(start, end, pair, *ANSWERS[code])


@dataclass(frozen=True)
class Turn:
    """A change of the truth about one pair, committed somewhere from `before` to `after`.

    `heard` is when a receipt said that every process has applied it, if one did.
    """

    pair: int
    allowed: bool
    before: int
    after: int
    heard: int | None = None


class History:
    """The truth about one pair over time. Nothing is allowed to begin with."""

    def __init__(self, turns):
        self.turns = turns
        self._afters = [turn.after for turn in turns]

    def certainly(self, start, end):
        """The last turn that was over before `start`, if no other can have begun by `end`; None in between.

        Before the first one the answer is False.
        """
        place = bisect_right(self._afters, start)
        if place < len(self.turns) and self.turns[place].before <= end:
            return None
        return self.turns[place - 1] if place else False

    def calm(self, start):
        """The time around `start` in which nothing was changed, from a turn's end to the next one's beginning."""
        place = bisect_right(self._afters, start)
        begin = self._afters[place - 1] if place else 0
        return begin, self.turns[place].before if place < len(self.turns) else FOREVER


class Truth:
    """Every turn, by pair."""

    def __init__(self, turns):
        of = {}
        for turn in sorted(turns, key=lambda turn: turn.after):
            of.setdefault(turn.pair, []).append(turn)
        self._of = {pair: History(its) for pair, its in of.items()}
        self._nothing = History([])

    def of(self, pair):
        return self._of.get(pair, self._nothing)

    @property
    def denials(self):
        """Every turn from allowed to denied."""
        return [turn for history in self._of.values() for turn in history.turns if not turn.allowed]

    @classmethod
    def read(cls, path):
        path = Path(path)
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        return cls(Turn(**json.loads(line)) for line in lines)


def line_of(turn):
    return json.dumps(asdict(turn)) + "\n"
