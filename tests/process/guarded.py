"""A marketplace whose rollout runs by itself: one server as users run it, a plan in a hurry, and sales that go on."""

import itertools
import time

import httpx
from clients import Caller
from live import ADMIN, SERVICE, STARTS_WITHIN, LiveServer, bearer, until

from sellergate.adapters.sql import SqlStore

ROLLOUT = "/api/admin/dropshipping/rollout"
OPERATOR = bearer("operator")
SELLERS, PRODUCTS = 4, 20
A_SECOND = 100


class GuardedServer(LiveServer):
    """Its rollout is moved and read over HTTP. `plan` is the text of its plan."""

    def __init__(self, folder, plan, database_url=None, **environ):
        file = folder / "plan.toml"
        file.write_text(plan)
        more = {"SELLERGATE_PLAN_FILE": str(file), "ROLLOUT_SOURCE": "managed"}
        super().__init__(folder, database_url, **more, **environ)

    def begin(self):
        """Fill it, and go to the plan's first step."""
        self.fill(sellers=SELLERS, products=PRODUCTS)
        self.post("/promote", reason="It begins now.", override=True)
        return self

    def get(self, path=""):
        answer = httpx.get(f"{self.url}{ROLLOUT}{path}", headers=OPERATOR, timeout=STARTS_WITHIN)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path, **body):
        answer = httpx.post(f"{self.url}{ROLLOUT}{path}", json=body, headers=ADMIN, timeout=STARTS_WITHIN)
        assert answer.status_code == 200, answer.text

    @property
    def moves(self):
        """What was done, by whom and to which step, newest first."""
        return [(each["action"], each["actorId"], each["toStep"]) for each in self.get("/history")["items"]]

    def until_verdict(self, verdict):
        """The verdict, once it is this one."""
        until(lambda: self.get()["verdict"]["verdict"] == verdict, within=120)
        return self.get()["verdict"]

    def until_controlled(self, times):
        """Wait until the controller has looked so many times more."""
        store = SqlStore.open(self.database_url, migrate=False)
        try:
            last = _beat(store) + times
            until(lambda: _beat(store) >= last)
        finally:
            store.close()


def _beat(store):
    with store.view() as view:
        watch = view.watches.current()
    return 0 if watch is None else watch.beat


def metric(said, name):
    """What a verdict says of one metric."""
    return next(each for each in said["metrics"] if each["metric"] == name)


class Sales(Caller):
    """Asks the gate a hundred times a second, pair by pair; while entered. `strict_every` is every how manieth check has to
    read the database; `hits` is how many were answered from memory.
    """

    def __init__(self, server, *, strict_every=None):
        super().__init__(server, 0)
        pairs = itertools.product(range(SELLERS), range(PRODUCTS))
        self._pairs = [{"sellerId": f"seller-{seller}", "productId": f"product-{product}"} for seller, product in pairs]
        self._began = time.monotonic()
        self.strict_every = strict_every
        self.hits = 0
        self.said = set()

    def turn(self, number):
        time.sleep(max(0.0, self._began + number / A_SECOND - time.monotonic()))
        strict = self.strict_every is not None and number % self.strict_every == 0
        pair = self._pairs[number % len(self._pairs)]
        question = {**pair, "stage": "cart", "consistency": "strict" if strict else "cached"}
        answer = self.call("/api/v1/ds/gate/check", question, SERVICE)
        self.hits += answer["cacheHit"]
        self.said.add((answer["mode"], answer["reason"]))

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.end()
