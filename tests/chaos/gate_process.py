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
from chaos.market import FIRST, LAST, PAIRS, SWITCHED
from chaos.records import Recorder

BEHIND, AHEAD, OLD = 64, 4, 4
PAUSE = 0.005
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


def sweep(recorder, board, turn):
    """The pairs the writer is at, some from long ago, and those that are switched."""
    begun = max(FIRST, board[Place.BEGUN])
    old = [random.randrange(FIRST, begun + 1) for _ in range(OLD)]
    newest = range(max(FIRST, begun - BEHIND), min(LAST, begun + AHEAD))
    for number in (*SWITCHED, *newest, *old):
        recorder.check(number, PAIRS[number])
    if turn % STRICT_EVERY == 0:
        number = random.choice(newest)
        recorder.check(number, PAIRS[number], strict=True)


def main(number, database_url, redis_url, board_path):
    wall = Wall()
    from sellergate import Gate

    board, mine = Board(board_path), int(number)
    with Gate.open(database_url, redis_url=redis_url, environ=FULL | SMALL) as gate:
        recorder = Recorder(gate)
        say("open")
        turn = 0
        while True:
            sweep(recorder, board, turn)
            turn += 1
            board[Place.GATES + mine] = turn
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
