"""A real run: servers, a marketplace at work, a Prometheus that scrapes it, an Alertmanager that tells everybody."""

import contextlib
from types import SimpleNamespace

import httpx
from live import SERVICE, LiveServer, bearer, until
from receivers import Receivers
from terminal import shell

from sellergate.adapters.plan_files import DEFAULT
from servers.alertmanager import Alertmanager
from servers.prometheus import Prometheus
from servers.valkey import ValkeyServer

SUPPLIER = bearer("supplier", supplier_id="acme")
OPERATOR = bearer("operator")
WHY = "The product pages are not good enough."
LIMIT = 4

CHANGED = (
    # What takes microseconds is too slow, at once, for the alerts; the controller would not act within the hour.
    ('persist = "30 s"', 'persist = "1 hour"'),
    ('investigate = "5 ms"\nroll_back = "10 ms"', 'investigate = "0.001 ms"\nroll_back = "0.002 ms"'),
    ('above = "10 ms"\nlasting = "5 minutes"', 'above = "0.002 ms"\nlasting = "1 s"'),
    ('above = 100\nlasting = "1 hour"', 'above = 2\nlasting = "1 s"'),
)


def plan_text():
    text = DEFAULT.read_text()
    for before, after in CHANGED:
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    return text


def sooner(routes):
    """Alertmanager gathers what belongs together for ten seconds, and says for a minute nothing more about it: too long here."""
    for before, after in (('group_wait: "10s"', 'group_wait: "1s"'), ('group_interval: "1m"', 'group_interval: "1s"')):
        assert routes.count(before) == 1
        routes = routes.replace(before, after)
    return routes


def seller(number):
    return bearer("seller", seller_id=f"seller-{number}")


class Market:
    """Sellers, a supplier and a shop, over HTTP."""

    def __init__(self, server):
        self._url = server.url
        self._http = httpx.Client(timeout=60)

    def post(self, path, headers, **body):
        return self._http.post(f"{self._url}/api/{path}", json=body, headers=headers)

    def ask(self, number, product):
        return self.post(f"v1/ds/seller/products/product-{product}/request", seller(number))

    def answer(self, verb, id, **body):
        answered = self.post(f"v1/ds/supplier/authorizations/{id}/{verb}", SUPPLIER, **body)
        assert answered.status_code == 200, answered.text

    def check(self, stage, number=0):
        checked = self.post(
            "v1/ds/gate/check-batch",
            SERVICE,
            sellerId=f"seller-{number}",
            productIds=[f"product-{product}" for product in range(LIMIT + 2)],
            stage=stage,
        )
        assert checked.status_code == 200, checked.text

    def get(self, path, headers):
        return self._http.get(f"{self._url}/api/{path}", headers=headers).raise_for_status().json()

    def trade(self):
        """Everything that a panel shows: approvals, a rejection, a revocation, and the two refusals with a metric of their own."""
        ids = [self.ask(0, product).json()["id"] for product in range(LIMIT)]
        assert [self.ask(0, LIMIT).status_code for _ in range(3)] == [400] * 3
        self.answer("approve", ids[0])
        self.answer("approve", ids[1])
        self.answer("reject", ids[2], reason=WHY)
        self.answer("revoke", ids[1], reason=WHY)
        assert self.ask(0, 2).json()["errorCode"] == "ERR_COOLDOWN_ACTIVE"
        for product in range(LIMIT):
            assert self.ask(1, product).status_code == 201

    def close(self):
        self._http.close()


@contextlib.contextmanager
def monitored(folder):
    """Everything started, traded and checked, until every alarm has arrived."""
    plan = folder / "plan.toml"
    plan.write_text(plan_text())
    with contextlib.ExitStack() as stack:
        redis = stack.enter_context(ValkeyServer())
        receivers = stack.enter_context(Receivers())
        alertmanager = Alertmanager()
        server = LiveServer(
            folder,
            REDIS_URL=redis.url,
            SELLERGATE_PLAN_FILE=str(plan),
            SELLER_PRODUCT_LIMIT=str(LIMIT),
            SELLERGATE_WORKERS="2",
        )
        exported = shell(
            *(
                "alerts",
                "export",
                folder / "exported",
                "--sellergate",
                server.url,
                "--pagerduty",
                f"{receivers.url}/pagerduty",
            ),
            *(
                "--secrets",
                alertmanager.folder,
                "--email-to",
                "eng@shop.test",
                "--smtp",
                receivers.smarthost,
                "--smtp-plain",
            ),
            folder=folder,
            SELLERGATE_PLAN_FILE=plan,
        )
        assert exported.status == 0, exported.err
        rules, routes = (
            (folder / "exported" / name).read_text() for name in ("sellergate-rules.yml", "alertmanager.yml")
        )
        alertmanager.write("alertmanager.yml", sooner(routes))
        alertmanager.write("pagerduty_routing_key", "a-routing-key")
        alertmanager.write("slack_url", f"{receivers.url}/slack")
        alertmanager.write("sellergate_token", SERVICE["Authorization"].removeprefix("Bearer "))
        assert "hour() == 0" in rules
        asked = folder / "rules.yml"
        asked.write_text(rules.replace("hour() == 0", "hour() >= 0"))
        stack.enter_context(alertmanager)
        stack.enter_context(server)
        server.fill(sellers=2, products=LIMIT + 2)
        prometheus = stack.enter_context(
            Prometheus(f"127.0.0.1:{server.port}", rules=asked, alertmanager=alertmanager.address)
        )
        market = Market(server)
        stack.callback(market.close)
        until(lambda: prometheus.query("count_over_time(seller_auth_gate_checks_total[1m]) > 1"))
        market.trade()

        def checked_until_rolled_back():
            for stage in ("cart", "order", "settlement"):
                for number in range(2):
                    market.check(stage, number)
            return market.get("admin/dropshipping/rollout", OPERATOR)["phase"] == "off"

        until(checked_until_rolled_back)
        until(
            lambda: "FIRING: Phase9RolledBack" in receivers.slacked() and receivers.mail.messages and receivers.paged()
        )
        until(lambda: "FIRING: Phase9SupplierInboxBacklog" in receivers.slacked())
        yield SimpleNamespace(
            server=server,
            prometheus=prometheus,
            alertmanager=alertmanager,
            receivers=receivers,
            market=market,
            plan=plan,
        )
