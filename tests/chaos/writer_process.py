"""The writer's process: `python -m chaos.writer_process URL REDIS_URL BOARD TURNS GATES`.

It has a gate itself, asked right after each verb. It is told by lines: `go`, `rest` (done once nothing is under way) and
`flush FILE` for the checks of its own gate; it says `open`, and `done` to each line, and ends with its input.
"""

import sys
import threading
from itertools import count

from chaos.board import Board, Place
from chaos.gate_process import FULL, say
from chaos.market import FIRST, SWITCHED, SWITCHED_PRODUCTS, SWITCHED_SELLERS
from chaos.writer import Writer
from sellergate.settings import load_settings
from sellergate.wiring import assemble

THREADS = 3
ALIVE = 8
"""How many approvals each thread keeps until it revokes the oldest."""
SWITCHES_EVERY = 0.5


class Workers:
    """Threads that repeat a step each, and can be made to rest between two."""

    def __init__(self):
        self._going = threading.Event()
        self._locks = []

    def add(self, step):
        lock = threading.Lock()
        self._locks.append(lock)
        threading.Thread(target=self._repeat, args=(step, lock), daemon=True).start()

    def _repeat(self, step, lock):
        while self._going.wait():
            with lock:
                if self._going.is_set():
                    step()

    def go(self):
        self._going.set()

    def rest(self):
        self._going.clear()
        for lock in self._locks:
            with lock:
                pass


class Pairs:
    """One pair after the other, each revoked when eight younger ones have been approved."""

    def __init__(self, writer, board, numbers):
        self._writer, self._board, self._numbers = writer, board, numbers
        self._alive = []

    def step(self):
        number = self._board[Place.BEGUN] = next(self._numbers)
        self._writer.approve(number)
        self._alive.append(number)
        if len(self._alive) > ALIVE:
            self._writer.revoke(self._alive.pop(0))


class Switches:
    """Sellers and products that are switched off and on."""

    def __init__(self, writer):
        self._writer, self._allowed, self._pause = writer, True, threading.Event()

    def step(self):
        self._allowed = not self._allowed
        for number in SWITCHED_SELLERS:
            self._writer.suspend(number, allowed=self._allowed)
        for number in SWITCHED_PRODUCTS:
            self._writer.shelve(number, allowed=self._allowed)
        self._pause.wait(SWITCHES_EVERY)


def main(database_url, redis_url, board_path, turns, gates):
    environ = FULL | {
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "SELLER_PRODUCT_LIMIT_BY_TIER": "PLATINUM=unlimited",
    }
    board = Board(board_path)
    with assemble(load_settings(environ), following=True) as assembly:
        writer, workers, numbers = Writer(assembly, board, turns, int(gates)), Workers(), count(FIRST)
        for number in SWITCHED:
            writer.approve(number)
        for _ in range(THREADS):
            workers.add(Pairs(writer, board, numbers).step)
        workers.add(Switches(writer).step)
        say("open")
        for line in sys.stdin:
            verb, _, rest = line.strip().partition(" ")
            if verb == "go":
                workers.go()
            elif verb == "rest":
                workers.rest()
            else:
                writer.recorder.flush(rest)
            say("done")
        workers.rest()


if __name__ == "__main__":
    main(*sys.argv[1:])
