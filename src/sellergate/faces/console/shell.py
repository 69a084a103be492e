"""What stands around every page: the account and its others, the navigation with its counts, theme and language."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sellergate.domain.errors import SellergateError
from sellergate.domain.identifiers import Role
from sellergate.domain.sessions import Account
from sellergate.faces.console.language import NAMES, Words
from sellergate.faces.console.navigation import NAVIGATION, Entry
from sellergate.faces.console.visit import Visit


@dataclass(frozen=True, slots=True, kw_only=True)
class NavItem:
    """One line of the navigation; `count` is None where nothing is counted, or it is not known."""

    path: str
    icon: str
    label: str
    count: int | None
    is_counted: bool
    tone: str
    live: str | None
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountItem:
    """An account the person may act as."""

    key: str
    name: str
    role: str
    initials: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shell:
    """All of it. For strangers there is neither an account nor a navigation."""

    theme: str | None
    address: str
    languages: Mapping[str, str]
    account: AccountItem | None = None
    others: list[AccountItem] = field(default_factory=list)
    person: str = ""
    body: str = ""
    nav: list[NavItem] = field(default_factory=list)
    topics: str = ""
    single_keys: bool = True

    @property
    def unread(self) -> int:
        """How many notifications are not read."""
        return next((item.count or 0 for item in self.nav if item.live == "notifications"), 0)

    @property
    def has_notifications(self) -> bool:
        """Whether this account has a list of notifications."""
        return any(item.live == "notifications" for item in self.nav)


def shell_of(visit: Visit) -> Shell:
    """The shell of a visit. What cannot be counted now is left uncounted: a page about a failure has a shell as well."""
    address = visit.address if visit.request.method == "GET" else "/"
    if visit.session is None:
        return Shell(theme=visit.theme, address=address, languages=NAMES)
    person, account = visit.session.person, visit.session.account
    nav = [_item(visit, entry) for entry in NAVIGATION[account.role]]
    return Shell(
        theme=visit.theme,
        address=address,
        languages=NAMES,
        account=_account(visit, account),
        others=[_account(visit, other) for other in person.accounts if other != account],
        person=person.name or person.subject,
        body=account.role.value,
        nav=nav,
        topics=",".join(dict.fromkeys(item.live for item in nav if item.live)),
        single_keys=visit.preferences.single_keys,
    )


def _item(visit: Visit, entry: Entry) -> NavItem:
    return NavItem(
        path=entry.path,
        icon=entry.icon,
        label=entry.label(visit.words),
        count=_counted(visit, entry),
        is_counted=entry.count is not None,
        tone=entry.tone,
        live=entry.live,
        is_current=visit.path == entry.path or visit.path.startswith(entry.path + "/"),
    )


def _counted(visit: Visit, entry: Entry) -> int | None:
    if entry.count is None:
        return None
    try:
        return entry.count(visit)
    except SellergateError:
        return None


def _account(visit: Visit, account: Account) -> AccountItem:
    name = _name(visit, account)
    return AccountItem(key=account.key, name=name, role=role_label(visit.words, account.role), initials=initials(name))


def _name(visit: Visit, account: Account) -> str:
    directory, person = visit.parts.directory, visit.signed_in.person
    try:
        if account.id is not None and account.role is Role.SUPPLIER:
            return directory.supplier(account.id).name
        if account.id is not None and account.role is Role.SELLER:
            return directory.seller(account.id).name
    except SellergateError:
        return account.id or person.subject
    return person.name or person.subject


def role_label(words: Words, role: Role) -> str:
    """What a role is called."""
    return {
        Role.SUPPLIER: words.gettext("Supplier"),
        Role.SELLER: words.gettext("Seller"),
        Role.OPERATOR: words.gettext("Operator"),
        Role.ADMIN: words.gettext("Admin"),
    }[role]


def initials(name: str) -> str:
    """One or two letters that stand for a name; of a Korean one, its first syllable."""
    words = name.replace("&", " ").split()
    if not words:
        return "?"
    first = words[0][0]
    return first if not first.isascii() or len(words) == 1 else (first + words[1][0]).upper()
