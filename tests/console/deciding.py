"""What tests of decisions need: time that passes at once, and what has become of a request."""

import time
from datetime import UTC, datetime, timedelta

from house import FULL
from sqlalchemy import update

from sellergate.adapters.sql.tables import bulk_jobs, scheduled_decisions
from sellergate.domain.authorization import Status

WITHIN_SECONDS = 20


def nine(house):
    """Eight requests for the kettle and one for a full product; earlier tests' are out of the way."""
    with house.store.engine.begin() as connection:
        for table in ("scheduled_decisions", "bulk_jobs"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
        connection.exec_driver_sql("UPDATE authorizations SET status = 'CANCELLED' WHERE status = 'REQUESTED'")
    house.without_limits()
    house.crowd(8, hours_ago=40)
    house.crowd(1, product=FULL)


def make_due(house):
    """The ten seconds of everything that waits are over."""
    past = datetime.now(UTC) - timedelta(seconds=1)
    with house.store.engine.begin() as connection:
        connection.execute(update(scheduled_decisions).values(due_at=past))
        connection.execute(update(bulk_jobs).values(due_at=past))


def status_of(house, id):
    with house.store.view() as view:
        return view.authorizations.get(id).status


def eventually(condition, what):
    """Wait until it holds."""
    end = time.monotonic() + WITHIN_SECONDS
    while not condition():
        assert time.monotonic() < end, what
        time.sleep(0.1)


def decided(house, ids, status):
    """Wait until the worker has carried out what was decided about these: at once when it has been stored."""

    def all_are():
        make_due(house)
        return {status_of(house, id) for id in ids} == {status}

    eventually(all_are, f"not all are {status}")


def waiting(house, ids):
    return [id for id in ids if status_of(house, id) is Status.REQUESTED]


def names(tab):
    return tab.page.locator("#rows .nm").all_inner_texts()


def ids(tab):
    return tab.page.locator("#rows > tr").evaluate_all("(rows) => rows.map((row) => row.dataset.id)")


def first_row(tab):
    """The first row, with the focus on it."""
    row = tab.page.locator("#rows > tr").first
    row.focus()
    return row


def press(tab, *keys):
    for key in keys:
        tab.page.keyboard.press(key)


def toast(page, text):
    return page.locator(".toast", has_text=text)


def event(tab, **facts):
    """A key as an input method or another layout sends it."""
    given = {"bubbles": True, "cancelable": True, **facts}
    tab.page.evaluate("(facts) => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', facts))", given)
