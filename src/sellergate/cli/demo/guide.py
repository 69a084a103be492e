"""What people can open and try while the demo runs, ready to be pasted."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from sellergate.cli.demo.api import ADMIN, GATE, SELLER, SUPPLIER
from sellergate.cli.demo.house import House
from sellergate.cli.demo.past import Past
from sellergate.domain.identifiers import Role


def lines(house: House, past: Past) -> Iterator[str]:
    """The guide, line by line. Its tokens are good for this server only."""
    url, tokens = house.api.url, house.api.token
    seller, product = house.marketplace.sellers[-1]["id"], house.marketplace.canary[0]
    supplier = house.marketplace.supplier_of(product)
    revocations = 1 if past.revoked else 0
    approvals = len(past.approved) + revocations
    yield f"Done: {past.requests} requests, {approvals} approvals, {past.rejected} rejections, {revocations} revocation."
    yield ""
    yield "Be somebody in the console"
    for who, what in (
        ("operator", "the control room of the rollout"),
        ("supplier", "requests to decide"),
        ("seller", "a catalog to ask in"),
        ("admin", "everybody and everything"),
    ):
        yield f"  {url}/demo/sign-in/{who}  ({what})"
    yield ""
    yield "Provoke a breach once something is enforced: the control room shows it, and the controller rolls back within half a minute"
    yield f"  sellergate demo breach --port {urlsplit(url).port}"
    yield f"  curl -s -X POST {url}/demo/breach  (the same)"
    yield ""
    yield "Open"
    for path, what in (
        ("/openapi.json", "the API, described"),
        ("/health/detailed", "phase, database, cache, feed"),
        ("/metrics", "for Prometheus"),
    ):
        yield f"  {url}{path}  ({what})"
    yield ""
    yield "Tokens"
    for role, id in (
        (Role.SELLER, seller), (Role.SUPPLIER, supplier), (Role.OPERATOR, None), (Role.ADMIN, None), (Role.SERVICE, None),
    ):  # fmt: skip
        yield f"  {role.upper()}={tokens(role, id)}"
    yield ""
    yield "Try, in another terminal, with the tokens pasted as above (sellers and suppliers are let in from canary on)"
    yield _curl(url, f"{GATE}/check", "SERVICE", f'{{"sellerId":"{seller}","productId":"{product}","stage":"cart"}}')
    yield _curl(
        url, f"{SELLER}/products/{product}/request", "SELLER", '{"businessJustification":"We know these goods."}'
    )
    yield _curl(url, f"{SUPPLIER}/authorizations/inbox", "SUPPLIER")
    yield _curl(url, f"{ADMIN}/rollout", "OPERATOR")
    yield _curl(url, f"{ADMIN}/rollout/shadow-report", "ADMIN")
    yield _curl(url, f"{ADMIN}/rollout/rollback", "OPERATOR", '{"reason":"Too many honest sellers are denied."}')
    yield ""
    yield "Ctrl-C ends it."


def _curl(url: str, path: str, token: str, body: str | None = None) -> str:
    data = "" if body is None else f" -H 'Content-Type: application/json' -d '{body}'"
    return f'  curl -s {url}{path} -H "Authorization: Bearer ${token}"{data}'
