"""The demo's own sellergate: a database of its own, a secret made on the fly, a server in this process."""

import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from sellergate.adapters.plan_files import DEMO
from sellergate.cli.demo.api import Api
from sellergate.cli.demo.marketplace import Marketplace, invent
from sellergate.cli.demo.trouble import Trouble, leave_out_of_the_log
from sellergate.domain.identifiers import Role
from sellergate.domain.sessions import Person
from sellergate.faces.console.identity import demo_person
from sellergate.logs import configure_logs
from sellergate.serving import Server
from sellergate.settings import Settings, load_settings


@dataclass(frozen=True, slots=True)
class House:
    """A running server with the way to it, and the marketplace that is to fill it."""

    settings: Settings
    api: Api
    marketplace: Marketplace


def _people(marketplace: Marketplace) -> dict[str, Person]:
    """Whom one can sign in to the console as: the supplier of the first canary product, and a seller without a past."""
    supplier, seller = marketplace.supplier_of(marketplace.canary[0]), marketplace.sellers[-1]["id"]
    return {
        "supplier": demo_person(Role.SUPPLIER, supplier, "Kim Haneul"),
        "seller": demo_person(Role.SELLER, seller, "Park Jiwoo"),
        "operator": demo_person(Role.OPERATOR, None, "Yoon Seo"),
        "admin": demo_person(Role.ADMIN, None, "Choi Min"),
    }


@contextmanager
def open_house(database: str | None, port: int) -> Iterator[House]:
    """Start everything, and leave nothing behind; a `database` that was given is kept.

    The environment has no say: the demo is the same everywhere. Raises ConfigurationError when the port is taken.
    """
    secret = secrets.token_urlsafe(48)
    with TemporaryDirectory(prefix="sellergate-demo-") as folder:
        settings = load_settings(
            {
                "DATABASE_URL": database or f"sqlite:///{Path(folder) / 'demo.db'}",
                "SELLERGATE_JWT_SECRET": secret,
                "SELLERGATE_PLAN_FILE": str(DEMO),
                "SELLERGATE_PORT": str(port),
                "SELLERGATE_GRACE_SECONDS": "2",
                "SELLERGATE_KILL_SWITCH_FILE": str(Path(folder) / "KILL"),
                "SELLERGATE_LOG_LEVEL": "error",
            }
        )
        configure_logs(settings.logs)
        leave_out_of_the_log(logging.getLogger().handlers)
        marketplace = invent()
        with Server(settings, _people(marketplace), fault=Trouble()) as server, Api(server.url, secret) as api:
            yield House(settings, api, marketplace)
