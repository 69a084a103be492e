"""People's in-app notifications, and how else they want to be told."""

from sellergate.domain.errors import Forbidden, NotFound
from sellergate.domain.identifiers import Actor, Role
from sellergate.domain.notices import Audience
from sellergate.domain.preferences import DEFAULTS, Preferences, checked_preferences
from sellergate.ports.clock import Clock, utc_now
from sellergate.ports.notices import Inbound
from sellergate.ports.queries import Page, PageRequest
from sellergate.ports.stores import Store


class Notifications:
    """The list of one seller or one supplier, and their preferences."""

    def __init__(self, store: Store, *, now: Clock = utc_now) -> None:
        self._store = store
        self._now = now

    def inbound(self, by: Actor, page: PageRequest) -> Page[Inbound]:
        """The actor's notifications, newest first."""
        audience, recipient = _recipient(by)
        with self._store.view() as view:
            return view.notices.inbound(audience, recipient, page)

    def unread(self, by: Actor) -> int:
        """How many of the actor's notifications have not been read; 0 for whoever has no list of their own."""
        if by.role not in (Role.SELLER, Role.SUPPLIER):
            return 0
        audience, recipient = _recipient(by)
        return self._store.read_aside(lambda view: view.notices.unread(audience, recipient))

    def mark_read(self, by: Actor, id: int) -> Inbound:
        """The notification, read; a second call changes nothing. Raises NotFound for another's."""
        audience, recipient = _recipient(by)
        with self._store.work() as work:
            inbound = work.notices.mark_read(id, audience, recipient, self._now())
        if inbound is None:
            raise NotFound("There is no such notification.")
        return inbound

    def preferences(self, by: Actor) -> Preferences:
        """How the actor wants to be told; the defaults of their side when they have never said."""
        audience, recipient = _recipient(by)
        with self._store.view() as view:
            return view.notices.preferences(audience, recipient) or DEFAULTS[audience]

    def set_preferences(self, by: Actor, preferences: Preferences) -> Preferences:
        """Set them whole: they hold for what happens from now on. Raises InvalidInput, naming the field."""
        audience, recipient = _recipient(by)
        checked = checked_preferences(audience, preferences)
        with self._store.work() as work:
            work.notices.put_preferences(audience, recipient, checked)
        return checked


def audience_of(by: Actor) -> Audience:
    """The side on which the actor is told things. Raises Forbidden for an actor of neither."""
    return _recipient(by)[0]


def _recipient(by: Actor) -> tuple[Audience, str]:
    if by.role is Role.SELLER and by.seller_id:
        return Audience.SELLER, by.seller_id
    if by.role is Role.SUPPLIER and by.supplier_id:
        return Audience.SUPPLIER, by.supplier_id
    raise Forbidden("The token names no seller or supplier.")
