"""Live traffic: sales that ask the gate, and now and then a request or a decision."""

import threading
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from itertools import islice
from random import Random
from types import TracebackType
from typing import Final, Self

from sellergate.cli.demo.api import SUPPLIER, Api, Unexpected
from sellergate.cli.demo.marketplace import Marketplace
from sellergate.cli.demo.past import REJECTING, RESERVED_SELLERS, Past, ask, waiting
from sellergate.domain.gate import DENY_CODES
from sellergate.domain.identifiers import Role

PAUSE_SECONDS: Final = 0.025
STAGES: Final = ("cart", "cart", "cart", "order", "settlement")
KNOWN_SALES: Final = 0.85
"""Most sales are by sellers who may; the others are what a rollout has to find."""

APPROVED: Final = 0.75
"""The share of requests that suppliers approve."""

PEOPLE_EVERY: Final = 80
"""Once in so many checks somebody asks for a product and a supplier answers."""

_DENYING: Final = frozenset(reason.value for reason in DENY_CODES)


class Traffic:
    """A thread that sells. A context manager; trouble with one call is counted, and the next one is made."""

    def __init__(self, api: Api, marketplace: Marketplace, past: Past, seed: int = 5) -> None:
        self._api = api
        self._marketplace = marketplace
        self._sellers: Sequence[str] = [seller["id"] for seller in marketplace.sellers[:-RESERVED_SELLERS]]
        self._products: Sequence[str] = [product["id"] for product in marketplace.products]
        self._known = list(past.approved)
        self._random = Random(seed)  # noqa: S311  made-up sales need no secrecy
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._sell, name="sellergate-demo-traffic")
        self.seen = Counter[str]()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        self._thread.join()

    def _sell(self) -> None:
        while not self._stopping.wait(PAUSE_SECONDS):
            try:
                self._one_check()
            except Unexpected:
                self.seen["errors"] += 1
                continue
            if self.seen["checks"] % PEOPLE_EVERY == 0:
                with suppress(Unexpected):  # the doors may close between a request and its answer
                    self._people()

    def _one_check(self) -> None:
        known = bool(self._known) and self._random.random() < KNOWN_SALES
        seller, product = self._random.choice(self._known) if known else self._any_pair()
        answer = self._api.check(seller, product, self._random.choice(STAGES))
        self.seen["checks"] += 1
        self.seen["allowed" if answer["allowed"] else "denied"] += 1
        self.seen[answer["mode"]] += 1
        if answer["allowed"] and answer["reason"] in _DENYING:
            self.seen["would be denied"] += 1

    def _any_pair(self) -> tuple[str, str]:
        return self._random.choice(self._sellers), self._random.choice(self._products)

    def _people(self) -> None:
        seller, product = self._any_pair()
        if not ask(self._api, seller, product):
            return  # closed (501), or this seller may not ask for it now
        self.seen["requests"] += 1
        supplier = self._marketplace.supplier_of(product)
        inbox = (item for item in waiting(self._api, supplier) if item["sellerId"] in self._sellers)
        for item in islice(inbox, 1):
            self._decide(supplier, item["id"], (item["sellerId"], item["productId"]))

    def _decide(self, supplier_id: str, id: str, pair: tuple[str, str]) -> None:
        path = f"{SUPPLIER}/authorizations/{id}"
        if self._random.random() < APPROVED:
            self._api.post(f"{path}/approve", Role.SUPPLIER, supplier_id)
            self.seen["approved"] += 1
            self._known.append(pair)
        else:
            self._api.post(f"{path}/reject", Role.SUPPLIER, supplier_id, json={"reason": REJECTING})
            self.seen["rejected"] += 1
