"""A process of a marketplace: it checks a hundred times a second, controls the rollout like any other, and does what it is told.

`python rollout_process.py`, with the settings in its environment. It is told line by line on standard input: `errors SHARE`
makes that share of the reads of its store fail, `latency SECONDS` makes each of them slower, `stop` and `go` end and begin its
checks, `say` makes it say how it is, in one line of JSON.
"""

import itertools
import json
import random
import sys
import threading
import time

from sellergate.domain.errors import StoreUnavailable
from sellergate.logs import configure_logs
from sellergate.settings import load_settings
from sellergate.wiring import assemble

PAIRS = [(f"seller-{number}", f"product-{number}") for number in range(20)]
A_SECOND = 100


class Trouble:
    """What is wrong with reading the store."""

    def __init__(self, store):
        self._facts = store.facts
        self._random = random.Random(1)
        self.errors = 0.0
        self.latency = 0.0
        store.facts = self.facts

    def facts(self, seller_id, product_ids):
        if self.latency:
            time.sleep(self.latency)
        if self._random.random() < self.errors:
            raise StoreUnavailable("As it was told.")
        return self._facts(seller_id, product_ids)


def main():
    settings = load_settings()
    configure_logs(settings.logs)  # to standard error
    with assemble(settings, following=True, serving=True) as assembly:
        trouble, busy, ended = Trouble(assembly.store), threading.Event(), threading.Event()
        busy.set()
        threading.Thread(target=keep_checking, args=(assembly.gate, busy, ended)).start()
        say({"ready": True})
        try:
            for line in sys.stdin:
                verb, *value = line.split()
                if verb in ("errors", "latency"):
                    setattr(trouble, verb, float(value[0]))
                elif verb in ("stop", "go"):
                    (busy.clear if verb == "stop" else busy.set)()
                say(state_of(assembly))
        finally:
            ended.set()


def keep_checking(gate, busy, ended):
    """Every second question may be answered from memory; the others are asked of the store."""
    began = time.monotonic()
    for number in itertools.count():
        if ended.is_set():
            return
        if busy.is_set():
            seller, product = PAIRS[number // 2 % len(PAIRS)]
            gate.check(seller, product, stage="cart", consistency="strict" if number % 2 else None)
        time.sleep(max(0.0, began + number / A_SECOND - time.monotonic()))


def state_of(assembly):
    rollout = assembly.gate.rollout
    answer = assembly.gate.check("nobody", "unknown", stage="order")
    return {
        "phase": rollout.phase.value,
        "step": rollout.step,
        "tripped": rollout.tripped,
        "mode": answer.mode.value,
        "allowed": answer.allowed,
        "holds": assembly.controller.holds_watch,
    }


def say(facts):
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
