"""A server that ends: killed it leaves nothing half done, stopped it leaves nobody without an answer."""

import signal
import threading
from collections import Counter

import httpx
import pytest
from live import LiveServer, bearer

from builders import all_changes
from sellergate.adapters.sql import SqlStore
from sellergate.domain.authorization import Action
from sellergate.domain.notices import RULES, Audience
from sellergate.ports.queries import AuthorizationQuery, PageRequest
from sellergate.services.audit import AuditTrail

SELLERS, PRODUCTS = 50, 40
OF_MOVES = {rule for rules in RULES.values() for rule in rules}
SUPPLIER = bearer("supplier", supplier_id="acme")


class Client(threading.Thread):
    """One seller who asks for product after product, and the supplier who answers, until the server is gone."""

    def __init__(self, server, number, answered):
        super().__init__()
        self._server, self._number, self._answered = server, number, answered
        self.granted, self.unanswered = set(), []

    def run(self):
        seller = f"seller-{self._number}"
        me = bearer("seller", seller_id=seller)
        with httpx.Client(base_url=f"{self._server.url}/api/v1/ds", timeout=30) as http:
            for product in range(PRODUCTS):
                pair = (seller, f"product-{product}")
                try:
                    asked = http.post(f"/seller/products/{pair[1]}/request", json={}, headers=me)
                    assert asked.status_code == 201, asked.text
                    self.granted.add(pair)
                    self._answered.release()
                    id = asked.json()["id"]
                    http.post(f"/supplier/authorizations/{id}/approve", json={}, headers=SUPPLIER)
                except httpx.TransportError:
                    self.unanswered.append(pair)
                    return


@pytest.fixture
def server(tmp_path, database_url):
    unlimited = {"SELLER_PRODUCT_LIMIT_BY_TIER": "PLATINUM=unlimited"}
    with LiveServer(tmp_path, database_url, SELLERGATE_NOTICES_SEND="false", **unlimited) as server:
        server.fill(sellers=SELLERS, products=PRODUCTS)
        yield server


def under_load(server, *, clients, answers):
    """Clients at work, of whose requests some have been answered already."""
    answered = threading.Semaphore(0)
    threads = [Client(server, number, answered) for number in range(clients)]
    for thread in threads:
        thread.start()
    for _ in range(answers):
        assert answered.acquire(timeout=30)
    return threads


def every(search):
    """All that a search finds, page after page."""
    page = PageRequest(100)
    while page is not None:
        answer = search(page)
        yield from answer.items
        page = answer.next and PageRequest(100, answer.next)


def pairs_in(store):
    with store.view() as view:
        records = every(lambda page: view.authorizations.search(AuthorizationQuery(page=page)))
        return {(record.seller_id, record.product_id) for record in records}


def of_moves(stored):
    """How many notices there are of each rule, of moves only: the controller and the jobs have their own to tell."""
    rules = ((each.notice.audience, each.notice.kind) for each in stored)
    return Counter(rule for rule in rules if rule in OF_MOVES)


def test_a_killed_process_leaves_no_half_transition_and_a_chain_that_verifies(server):
    threads = under_load(server, clients=50, answers=60)
    server.kill()
    for thread in threads:
        thread.join()

    store = SqlStore.open(server.database_url, migrate=False)
    trail = AuditTrail(store)
    result = trail.verify()
    moves = [stored.event for stored in trail.events() if stored.event.authorization_id and not stored.event.refused]
    told = Counter(rule for event in moves for rule in RULES[Action(event.action)])
    with store.work() as work:
        in_lists = of_moves(every(lambda page: work.notices.inbound(Audience.SUPPLIER, "acme", page)))
        in_outbox = of_moves(work.notices.take(limit=SELLERS * PRODUCTS * 2))
    changes = [change for change in all_changes(store) if change.kind == "authorization"]
    store.close()

    assert result.holds, result.broken
    assert set().union(*(thread.granted for thread in threads)) <= {
        (event.seller_id, event.product_id) for event in moves
    }
    assert in_outbox == told
    assert in_lists == Counter({rule: times for rule, times in told.items() if rule[0] is Audience.SUPPLIER})
    assert len(changes) == len(moves)


def test_a_killed_server_starts_again_on_what_it_left(server):
    threads = under_load(server, clients=4, answers=4)
    server.kill()
    for thread in threads:
        thread.join()

    server.start()
    before = httpx.get(f"{server.url}/health/detailed").json()

    assert before["rollout"]["phase"] == "full"


def test_a_stopped_server_answers_what_it_began_and_begins_nothing_it_cannot_answer(server):
    threads = under_load(server, clients=20, answers=40)
    code = server.stop(signal.SIGTERM)
    for thread in threads:
        thread.join()

    store = SqlStore.open(server.database_url, migrate=False)
    kept = pairs_in(store)
    verified = AuditTrail(store).verify()
    store.close()
    granted = set().union(*(thread.granted for thread in threads))

    assert code == 0
    assert kept == granted
    assert verified.holds
