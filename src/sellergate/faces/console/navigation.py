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
    """A page in the sidebar. `count` is the number beside it, if it has one, None while that is not known; `live` the topic that keeps it current.

    `tone`: what is "quiet" asks nobody to do anything, what is "bad" is trouble.
    """

    path: str
    icon: str
    label: Callable[[Words], str]
    count: Callable[[Visit], int | None] | None = None
    tone: str = ""
    live: str | None = None


def _waiting(visit: Visit) -> int:
    return visit.parts.inbox.count(visit.actor, InboxView.WAITING)


def with_backlog(visit: Visit) -> int | None:
    """For how many suppliers requests wait, as this process saw it last."""
    aggregates = visit.parts.aggregates()
    return None if aggregates is None else len(aggregates.inboxes)


def unread(visit: Visit) -> int:
    """How many notifications the visitor has not read."""
    return visit.parts.notifications.unread(visit.actor)


def dead(visit: Visit) -> int | None:
    """How many messages were given up; None for none, which is how it ought to be."""
    return visit.parts.outbox.dead() or None


REQUESTS: Final = Entry(
    path="/s/requests", icon="inbox", label=lambda words: words.gettext("Requests"), count=_waiting, live="inbox"
)
SELLERS: Final = Entry(
    path="/s/sellers",
    icon="users",
    label=lambda words: words.gettext("Approved sellers"),
    count=lambda visit: visit.parts.inbox.approvals(visit.actor),
    tone="quiet",
    live="inbox",
)
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
SHADOW: Final = Entry(path="/o/shadow", icon="git-compare", label=lambda words: words.gettext("Shadow report"))
BACKLOG: Final = Entry(
    path="/o/backlog",
    icon="store",
    label=lambda words: words.gettext("Supplier backlog"),
    count=with_backlog,
    tone="quiet",
    live="rollout",
)
REPORTS: Final = Entry(path="/o/reports", icon="trending-up", label=lambda words: words.gettext("Business reports"))
VERDICTS: Final = Entry(path="/o/verdicts", icon="shield", label=lambda words: words.gettext("Verdicts"))
TRIALS: Final = Entry(path="/o/trials", icon="activity", label=lambda words: words.gettext("Trials & drills"))
ANNOUNCEMENTS: Final = Entry(
    path="/o/announcements", icon="megaphone", label=lambda words: words.gettext("Announcements")
)
NOTICES: Final = Entry(
    path="/o/notices",
    icon="mail-question",
    label=lambda words: words.gettext("Undelivered"),
    count=dead,
    tone="bad",
    live="dead",
)
AUDIT: Final = Entry(path="/o/audit", icon="scroll-text", label=lambda words: words.gettext("Audit log"))
PLAN: Final = Entry(path="/o/plan", icon="list-checks", label=lambda words: words.gettext("Plan"))
OPTIONS: Final = Entry(path=SETTINGS, icon="settings", label=lambda words: words.gettext("Settings"))

CATALOG: Final = Entry(path="/m/catalog", icon="layers", label=lambda words: words.gettext("Catalog"))
OWN_PRODUCTS: Final = Entry(
    path="/m/products",
    icon="shield-check",
    label=lambda words: words.gettext("My products"),
    count=lambda visit: visit.parts.shelf.approved(visit.actor),
    tone="quiet",
    live="standing",
)
OWN_REQUESTS: Final = Entry(
    path="/m/requests",
    icon="inbox",
    label=lambda words: words.gettext("My requests"),
    count=lambda visit: visit.parts.shelf.waiting(visit.actor),
    tone="quiet",
    live="standing",
)
DIRECTORY: Final = Entry(path="/a/directory", icon="building-2", label=lambda words: words.gettext("Directory"))
AUTHORIZATIONS: Final = Entry(
    path="/a/authorizations", icon="shield-check", label=lambda words: words.gettext("Authorizations")
)

NAVIGATION: Final[Mapping[Role, tuple[Entry, ...]]] = {
    Role.SUPPLIER: (REQUESTS, SELLERS, PRODUCTS, RULES, HISTORY, NOTIFICATIONS, OPTIONS),
    Role.SELLER: (CATALOG, OWN_PRODUCTS, OWN_REQUESTS, NOTIFICATIONS, OPTIONS),
    Role.OPERATOR: (ROLLOUT, SHADOW, BACKLOG, REPORTS, VERDICTS, TRIALS, ANNOUNCEMENTS, NOTICES, AUDIT, PLAN, OPTIONS),
    Role.ADMIN: (ROLLOUT, AUTHORIZATIONS, DIRECTORY, BACKLOG, REPORTS, ANNOUNCEMENTS, NOTICES, AUDIT, OPTIONS),
}


def landing_of(role: Role) -> str:
    """Where people in this role begin."""
    return NAVIGATION[role][0].path
