"""The server is killed in the middle of what somebody has asked for, and the page they asked on sees it through."""

import contextlib
import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from deciding import eventually, make_due, press
from house import House, environ_of, furnished
from live import STARTS_WITHIN, free_port, until
from playwright.sync_api import expect

from sellergate.adapters.sql import SqlStore
from sellergate.domain.authorization import Action, Status
from sellergate.services.audit import AuditTrail
from sellergate.settings import load_settings

HERE = Path(__file__).parent
MANY = 300
COMES_BACK_WITHIN = 90_000
"""Milliseconds: a stream that was cut is tried again three times, and then the page asks every fifteen seconds."""


class MortalHouse(House):
    """A house whose server is a process that dies and is born again at the same address."""

    def __init__(self, environ, store):
        super().__init__(f"http://127.0.0.1:{environ['SELLERGATE_PORT']}", store)
        self._environ = {"PATH": os.environ["PATH"], "PYTHONPATH": f"{HERE}:{HERE.parent}", **environ}
        self._process = None

    def start(self):
        self._process = subprocess.Popen([sys.executable, HERE / "house_process.py"], env=self._environ)
        until(self._answers)

    def _answers(self):
        assert self._process.poll() is None
        with contextlib.suppress(httpx.TransportError):
            return httpx.get(f"{self.url}/health", timeout=STARTS_WITHIN).status_code == 200
        return False

    def kill(self):
        self._process.kill()
        self._process.wait()


@pytest.fixture
def house(tmp_path):
    environ = environ_of(tmp_path, SELLERGATE_PORT=str(free_port()), SELLERGATE_NOTICES_SEND="false")
    store = SqlStore.open(load_settings(environ).database.url, migrate=True)
    furnished(store, sellers=1)
    house = MortalHouse(environ, store)
    try:
        house.start()
        yield house
    finally:
        house.kill()
        store.close()


def test_a_bulk_goes_on_where_the_killed_server_was_and_the_page_says_how_it_ended(signed_in, house):
    house.without_limits()
    house.crowd(MANY, hours_ago=40)
    tab = signed_in("supplier")
    tab.expect("net::ERR_", "Failed to load resource")
    tab.page.locator("#all").check()
    tab.page.get_by_role("button", name=f"Select all {MANY}").click()
    press(tab, "a")
    expect(tab.page.locator("#jobs")).to_contain_text(f"About to begin with {MANY} requests")
    make_due(house)

    eventually(lambda: house.how_many(Status.APPROVED) >= 10, "nothing has begun")
    house.kill()
    assert house.how_many(Status.APPROVED) < MANY  # it was in the middle
    house.start()

    expect(tab.page.locator("#jobs")).to_contain_text(f"{MANY} of {MANY} decided", timeout=COMES_BACK_WITHIN)
    expect(tab.page.get_by_text("No requests waiting")).to_be_visible()
    assert house.how_many(Status.APPROVED) == MANY
    events = [stored.event for stored in AuditTrail(house.store).events() if stored.event.action == Action.APPROVE]
    assert len({event.authorization_id for event in events}) == len(events) == MANY
