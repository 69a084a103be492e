"""The check's steps in the console, as a browser without a script would take them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import httpx

from sellergate.cli.demo.api import TIMEOUT_SECONDS, Unexpected
from sellergate.cli.demo.scene import Scene, require

LANDINGS: Final = {
    "supplier": "/s/requests",
    "seller": "/m/catalog",
    "operator": "/o/rollout",
    "admin": "/o/rollout",
}
"""Whom one can be, and where they begin."""


def everybody_has_a_page(scene: Scene) -> None:
    """Signed in, each is sent to a page of their own, and it is there."""
    for who, path in LANDINGS.items():
        with _browser(scene, who) as browser:
            page = _page(browser, "/")
            require(page.url.path == path, f"the {who} begins at {page.url.path}")


def the_control_room_answers(scene: Scene) -> None:
    """The page has the phase that is in force and what it is judged by; its charts have the traffic in them."""
    with _browser(scene, "operator") as browser:
        page = _page(browser, "/o/rollout").text
        for part in ("Every product is enforced", 'class="verdict', 'id="figures"', "Emergency rollback"):
            require(part in page, f"the control room lacks {part!r}")
        series = _page(browser, "/o/rollout/series?range=1h").json()
        require(any(value is not None for value in series["cart"]), "the charts have no traffic in them")


@contextmanager
def _browser(scene: Scene, who: str) -> Iterator[httpx.Client]:
    with httpx.Client(
        base_url=scene.api.url, timeout=TIMEOUT_SECONDS, trust_env=False, follow_redirects=True
    ) as browser:
        _page(browser, f"/demo/sign-in/{who}")
        yield browser


def _page(browser: httpx.Client, path: str) -> httpx.Response:
    try:
        page = browser.get(path)
    except httpx.HTTPError as error:
        raise Unexpected(f"GET {path}: {type(error).__name__} {error}") from error
    require(page.status_code == httpx.codes.OK, f"GET {path} answered {page.status_code}")
    return page
