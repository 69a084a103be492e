"""What each role finds in the sidebar, in this order. A role's first page is where its people land."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from sellergate.domain.identifiers import Role
from sellergate.faces.console.addresses import SETTINGS
from sellergate.faces.console.language import Words
from sellergate.faces.console.visit import Visit
from sellergate.services.inbox import InboxView


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A page in the sidebar. `count` is the number beside it, if it has one; `live` the topic that keeps it current."""

    path: str
    icon: str
    label: Callable[[Words], str]
    count: Callable[[Visit], int] | None = None
    quiet: bool = False
    live: str | None = None


def _waiting(visit: Visit) -> int:
    return visit.parts.inbox.count(visit.actor, InboxView.WAITING)


def unread(visit: Visit) -> int:
    """How many notifications the visitor has not read."""
    return visit.parts.notifications.unread(visit.actor)


REQUESTS: Final = Entry(
    path="/s/requests", icon="inbox", label=lambda words: words.gettext("Requests"), count=_waiting, live="inbox"
)
SELLERS: Final = Entry(path="/s/sellers", icon="users", label=lambda words: words.gettext("Approved sellers"))
PRODUCTS: Final = Entry(path="/s/products", icon="package", label=lambda words: words.gettext("Products & capacity"))
RULES: Final = Entry(path="/s/rules", icon="zap", label=lambda words: words.gettext("Auto-approve rules"))
HISTORY: Final = Entry(path="/s/history", icon="history", label=lambda words: words.gettext("Decision history"))
NOTIFICATIONS: Final = Entry(
    path="/notifications",
    icon="bell",
    label=lambda words: words.gettext("Notifications"),
    count=unread,
    live="notifications",
)
ROLLOUT: Final = Entry(path="/o/rollout", icon="gauge", label=lambda words: words.gettext("Rollout"), live="rollout")
OPTIONS: Final = Entry(path=SETTINGS, icon="settings", label=lambda words: words.gettext("Settings"))

NAVIGATION: Final[Mapping[Role, tuple[Entry, ...]]] = {
    Role.SUPPLIER: (REQUESTS, SELLERS, PRODUCTS, RULES, HISTORY, NOTIFICATIONS, OPTIONS),
    Role.SELLER: (NOTIFICATIONS, OPTIONS),
    Role.OPERATOR: (ROLLOUT, OPTIONS),
    Role.ADMIN: (ROLLOUT, OPTIONS),
}


def landing_of(role: Role) -> str:
    """Where people in this role begin."""
    return NAVIGATION[role][0].path
