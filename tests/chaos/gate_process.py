"""A gate in a process of its own, which checks without end: `python -m chaos.gate_process NUMBER URL REDIS_URL BOARD`.

It is told by lines: `flush FILE` writes down what was recorded, `jump SECONDS` moves its wall clock. It says `open`, and `done`
to each line, and ends with its input.
"""

import random
import select
import sys
import time
from datetime import timedelta

from chaos.board import Board, Place
from chaos.clock import SECOND, now
from chaos.market import FIRST, LAST, PAIRS, SWITCHED
from chaos.records import Recorder

BEHIND, AHEAD, OLD = 40, 4, 4
PAUSE, LONG = 0.005, SECOND
STRICT_EVERY = 4
FULL = {"ENABLE_SELLER_AUTHORIZATION": "true", "PHASE9_ROLLOUT_PERCENTAGE": "100"}
SMALL = {"SELLERGATE_CACHE_SIZE": "160"}
"""So that memory does not hold all that is asked for, and Redis is asked all the time."""


class Wall:
    """This process's wall clock, which can be wrong. It takes the place of the machine's before anything reads that."""

    def __init__(self):
        from sellergate.ports import clock

        self.wrong_by = 0.0
        real_time, real_now = time.time, clock.utc_now
        time.time = lambda: real_time() + self.wrong_by
        clock.utc_now = lambda: real_now() + timedelta(seconds=self.wrong_by)


class Sweep:
    """Asks about the pairs the writer is at, some from long ago, and those that are switched; again and again.

    After a pause it asks first about what it asked about before: that is what has changed without its knowing.
    """

    def __init__(self, recorder, board):
        self._recorder, self._board = recorder, board
        self._asked, self._ended = [], now()
        self.made = 0

    def make(self):
        if now() - self._ended > LONG:
            self._ask(self._asked)
        begun = max(FIRST, self._board[Place.BEGUN])
        newest = range(max(FIRST, begun - BEHIND), min(LAST, begun + AHEAD))
        self._asked = [*SWITCHED, *newest, *(random.randrange(FIRST, begun + 1) for _ in range(OLD))]
        self._ask(self._asked)
        if self.made % STRICT_EVERY == 0:
            number = random.choice(newest)
            self._recorder.check(number, PAIRS[number], strict=True)
        self._ended = now()
        self.made += 1

    def _ask(self, numbers):
        for number in numbers:
            self._recorder.check(number, PAIRS[number])


def main(number, database_url, redis_url, board_path):
    wall = Wall()
    from sellergate import Gate

    board, mine = Board(board_path), int(number)
    with Gate.open(database_url, redis_url=redis_url, environ=FULL | SMALL) as gate:
        recorder = Recorder(gate)
        say("open")
        sweep = Sweep(recorder, board)
        while True:
            sweep.make()
            board[Place.GATES + mine] = sweep.made
            board[Place.FAILED + mine] = recorder.failed
            if not select.select([sys.stdin], [], [], PAUSE)[0]:
                continue
            verb, _, rest = sys.stdin.readline().strip().partition(" ")
            if verb == "flush":
                recorder.flush(rest)
            elif verb == "jump":
                wall.wrong_by = float(rest)
            else:
                return
            say("done")


def say(line):
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
