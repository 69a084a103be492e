"""Messages of real servers: none is lost when a server is killed, and none comes twice while all is well."""

import os
import signal
from collections import Counter

import httpx
import pytest
from live import STARTS_WITHIN, LiveServer, bearer, until

from sellergate.adapters.sql import SqlStore
from sellergate.domain.messages import MessageState
from sellergate.services.dispatch import LANES
from servers.mail import MailServer
from servers.receiver import Receiver

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ACME = bearer("supplier", supplier_id="acme")
REQUESTS = 12


@pytest.fixture
def mail():
    with MailServer() as server:
        yield server


def settings(mail, **more):
    return {
        "SELLERGATE_SMTP_URL": mail.url,
        "SELLERGATE_MAIL_FROM": "no-reply@shop.test",
        "SELLERGATE_NOTICES_TIMEOUT_SECONDS": "1",
        "SELLERGATE_NOTICES_LOCALE": "en",
        "SELLER_PRODUCT_LIMIT": "1000",
        **more,
    }


def open_shop(server):
    server.fill(sellers=1, products=REQUESTS)
    server.put("sellers/seller-0", id="seller-0", name="N", tier="PLATINUM", email="seller@shop.test")


def approve_all(server):
    """Twelve requests and their approvals: as many mails to the seller."""
    seller = bearer("seller", seller_id="seller-0")
    with httpx.Client(base_url=f"{server.url}/api/v1/ds", timeout=STARTS_WITHIN) as http:
        for number in range(REQUESTS):
            asked = http.post(f"/seller/products/product-{number}/request", json={}, headers=seller)
            assert asked.status_code == 201, asked.text
            done = http.post(f"/supplier/authorizations/{asked.json()['id']}/approve", json={}, headers=ACME)
            assert done.status_code == 200, done.text


def left_in(server):
    store = SqlStore.open(server.database_url, migrate=False)
    try:
        with store.view() as view:
            return view.messages.counts(), view.notices.outbox_size()
    finally:
        store.close()


def nothing_waits(server):
    return left_in(server) == ({MessageState.PENDING: 0, MessageState.DEAD: 0}, 0)


def test_two_workers_send_each_message_once(tmp_path, database_url, mail):
    with Receiver() as receiver:
        hook = {
            "SELLERGATE_WEBHOOK_URLS": f"shop={receiver.url}/hook",
            "SELLERGATE_WEBHOOK_SECRETS": f"shop={SECRET}",
            "SELLERGATE_WEBHOOK_ALLOW_HTTP": "true",
            "SELLERGATE_WORKERS": "2",
        }
        with LiveServer(tmp_path, database_url, **settings(mail, **hook)) as server:
            open_shop(server)
            approve_all(server)
            mail.wait_for(REQUESTS, STARTS_WITHIN)
            until(lambda: nothing_waits(server))
            until(lambda: "seller_auth_notices_pending 0.0" in httpx.get(f"{server.url}/metrics").text)
            server.stop()

        assert mail.by_recipient() == {"seller@shop.test": REQUESTS}
        ids = Counter(one.headers["webhook-id"] for one in receiver.received)
        assert (len(ids), set(ids.values())) == (2 * REQUESTS, {1})


def test_a_message_is_sent_again_when_its_sender_is_killed_before_it_could_note_it(tmp_path, postgres_url, mail):
    """Killed while the mail server has all of it and has not yet said so."""
    with LiveServer(tmp_path, postgres_url, **settings(mail)) as server:
        open_shop(server)
        killed = []

        def kill_once(_mail):
            if not killed:
                killed.append(server.workers()[0])
                os.kill(killed[0], signal.SIGKILL)

        mail.before_accepting = kill_once
        approve_all_while_it_restarts(server)
        mail.wait_for(REQUESTS + 1, STARTS_WITHIN)
        until(lambda: nothing_waits(server))
        server.stop()

    times = Counter(mail["Message-ID"] for mail in mail.mails)
    assert len(times) == REQUESTS  # none is lost
    twice = [id for id, number in times.items() if number > 1]
    assert 1 <= len(twice) <= LANES  # those that were under way; whoever gets one twice can tell by its id
    assert max(times.values()) == 2


def approve_all_while_it_restarts(server):
    """As `approve_all`, asking again where the killed worker did not answer."""
    seller = bearer("seller", seller_id="seller-0")

    def insist(path, headers):
        while True:
            try:
                return httpx.post(f"{server.url}/api/v1/ds{path}", json={}, headers=headers, timeout=STARTS_WITHIN)
            except httpx.TransportError:
                continue

    for number in range(REQUESTS):
        insist(f"/seller/products/product-{number}/request", seller)
    listed = httpx.get(
        f"{server.url}/api/v1/ds/supplier/authorizations/inbox?limit=100", headers=ACME, timeout=STARTS_WITHIN
    ).json()["items"]
    assert len(listed) == REQUESTS
    for one in listed:
        insist(f"/supplier/authorizations/{one['id']}/approve", ACME)
