"""What the marketplace's people do, over and over, and when exactly it became true."""

import threading
from itertools import count
from pathlib import Path

from chaos.board import Place
from chaos.clock import now
from chaos.market import ADMIN, FIRST, PAIRS, SUPPLIER, product
from chaos.records import Recorder, Turn, line_of
from sellergate.domain.authorization import Status
from sellergate.domain.directory import SellerStatus
from sellergate.domain.errors import SellergateError
from sellergate.domain.identifiers import Actor, Role
from sellergate.services.propagation import Receipt
from sellergate.services.workflow import Workflow, WorkflowRules

WHY = "Sold counterfeit goods."
RETRY = 0.02
WITH_RECEIPT_EVERY = 4


class NoReceipt:
    """A verb that answers as soon as it is committed."""

    def of_change(self, _sequence):
        return Receipt(0, 0, 0)


class Committed(threading.local):
    """When this thread's last work was committed, and applied to the gate of this process."""

    at = None


class Writer:
    """Does what the marketplace's people do, and writes down when."""

    def __init__(self, assembly, board, turns, gates):
        self._store, self._people, self._directory = assembly.store, assembly.people, assembly.directory
        self._quick = Workflow(assembly.store, WorkflowRules(limits=assembly.settings.workflow.limits), NoReceipt())
        self._patient = assembly.workflow
        self._board, self._gates = board, gates
        self.recorder = Recorder(assembly.gate)
        self._revoked = count(1)
        self._writing = threading.Lock()
        self._turns = Path(turns).open("a", encoding="utf-8", buffering=1)  # noqa: SIM115 - as long as the process
        self._committed = Committed()
        self._ids = {}
        assembly.store.subscribe(self._note_commit)

    def _note_commit(self, _changes):
        self._committed.at = now()

    def do(self, number, verb, holds, *, allowed=None):
        """Do it until it is done, also when it cannot be known at first whether it was; `allowed` is what it makes true."""
        before = now()
        after, result = self._until_done(verb, holds)
        if allowed is None:
            return
        heard = now() if self._is_heard(result) else None
        with self._writing:
            self._turns.write(line_of(Turn(number, allowed, before, after, heard)))
            if not allowed and number >= FIRST:
                self._board[Place.REVOKED] = next(self._revoked)
        self.recorder.check(number, PAIRS[number])

    def _until_done(self, verb, holds):
        while True:
            self._committed.at = None
            try:
                result = verb()
            except SellergateError:
                if self._committed.at is not None:
                    return self._committed.at, None
            else:
                return self._committed.at or now(), result
            threading.Event().wait(RETRY)
            try:
                if holds():
                    return now(), None
            except SellergateError:
                continue

    def _is_heard(self, result):
        receipt = getattr(result, "receipt", None)
        return receipt is not None and receipt.processes == self._gates + 1 and receipt.complete

    def _record(self, number):
        with self._store.view() as view:
            return view.authorizations.find(*PAIRS[number])

    def _reach(self, number, status, verb, *, allowed=None):
        def holds():
            record = self._record(number)
            return record is not None and record.status is status

        self.do(number, verb, holds, allowed=allowed)

    def approve(self, number):
        seller, product_id = PAIRS[number]
        by = Actor(seller, Role.SELLER, seller_id=seller)
        self._reach(number, Status.REQUESTED, lambda: self._quick.request(by, product_id))
        id = self._ids[number] = self._record(number).id
        self._reach(number, Status.APPROVED, lambda: self._quick.approve(SUPPLIER, id), allowed=True)

    def revoke(self, number):
        workflow = self._patient if number % WITH_RECEIPT_EVERY == 0 else self._quick
        id = self._ids.pop(number)
        self._reach(number, Status.REVOKED, lambda: workflow.revoke(SUPPLIER, id, WHY), allowed=False)

    def suspend(self, number, *, allowed):
        seller = PAIRS[number][0]
        wanted = SellerStatus.ACTIVE if allowed else SellerStatus.SUSPENDED

        def verb():
            if allowed:
                self._people.reactivate(ADMIN, seller)
            else:
                self._people.suspend(ADMIN, seller, WHY)

        self.do(number, verb, lambda: self._directory.seller(seller).status is wanted, allowed=allowed)

    def shelve(self, number, *, allowed):
        id = PAIRS[number][1]
        self.do(
            number,
            lambda: self._directory.put(ADMIN, product(id, active=allowed)),
            lambda: self._directory.product(id).active is allowed,
            allowed=allowed,
        )
