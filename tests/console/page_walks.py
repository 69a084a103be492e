"""Every page there is: those of the routers, so that a new one is walked without being named in a test."""

import re

from builders import a_product
from sellergate.domain.authorization import Status
from sellergate.faces.console.app import ROUTERS

PEOPLE = ("supplier", "seller", "operator", "admin")
LET_IN = {
    "s": {"supplier"},
    "m": {"seller"},
    "o": {"operator", "admin"},
    "a": {"admin"},
    "notifications": {"supplier", "seller"},
}
"""Who may open what is below the first part of an address; what is not here is for everybody who is signed in."""

FOR_STRANGERS = ("/", "/sign-in", "/signed-out", "/sign-in/start", "/sign-in/callback")

PARTLY = {
    "/o/rollout/criteria/nothing": {404},  # there is none of that name
    "/o/verdicts/1": {200, 404},  # the worker may have stored one by now
    "/o/reports/nothing.csv": {404},
    "/s/requests/new": {400},  # asked by a script, that says since when
}
"""What its own people are answered where it is not simply a page."""
NO_PAGES = {
    "/a/directory",
    "/s/history/export",
    "/s/requests/export",
    "/s/requests/jobs",
    "/o/rollout/series",
    "/o/shadow/export",
    "/o/audit/export",
    *PARTLY,
}
"""What is answered with data, with another page, or only in parts."""

NAMED = {
    "kind": "sellers",
    "move": "rollback",
    "name": "nothing",
    "batch": "nothing",
    "announcement": "rolled-back",
    "id:int": "1",
}


def examples(house):
    """An id for each address that needs one."""
    with house.store.work() as work:
        work.directory.put_product(a_product("other", name="The other one", supplier_id="hanbit"))
    waiting = house.ask(hours_ago=30)
    asked = house.ask(product="board", status=Status.INFO_REQUESTED, note="How will you ship it?")
    approved = house.ask(product="towel", status=Status.APPROVED)
    return {
        "/s/requests/{id}": waiting.id,
        "/s/products/{id}/capacity": "kettle",
        "/s/sellers/{id}/revoke": approved.id,
        "/s/sellers/{id}/impact": approved.id,
        "/m/catalog/{id}/request": "other",
        "/m/requests/{id}": waiting.id,
        "/m/requests/{id}/answer": asked.id,
        "/m/requests/{id}/cancel": waiting.id,
        "/a/authorizations/{id}": waiting.id,
        "/a/authorizations/{id}/revoke": approved.id,
        "/a/authorizations/{id}/impact": approved.id,
        "/a/authorizations/{id}/clear-cooldown": waiting.id,
    }


def routes(method):
    """Every address of the console that answers to this method, with names in braces."""
    return [route.path for pages in ROUTERS for route in pages.routes if method in route.methods]


def addresses(method, ids):
    """Those addresses, with something in the place of each name."""
    return [filled(path, ids) for path in routes(method)]


def filled(path, ids):
    """The address of a route, with an example of what it is about."""

    def value(name):
        return ids.get(path, "seller-001") if name[1] == "id" else NAMED[name[1]]

    return re.sub(r"\{([a-z:]+)\}", value, path)


def may_open(who, path):
    return who in LET_IN.get(path.split("/")[1], set(PEOPLE))


def is_page(path):
    """Whether somebody who is signed in looks at what is there."""
    return filled(path, {}) not in NO_PAGES and path not in FOR_STRANGERS


def own_pages(who, ids):
    """The pages of this person."""
    return [filled(path, ids) for path in routes("GET") if is_page(path) and may_open(who, path)]
