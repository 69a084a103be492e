"""A small marketplace whose people have mailboxes, over any store: real mail, chats and webhooks, and a clock that waits."""

from datetime import timedelta

from shop import ADMIN, Shop

from sellergate.adapters.couriers.chat import ChatCourier
from sellergate.adapters.couriers.smtp import SmtpCourier, mail_server
from sellergate.adapters.couriers.webhook import WebhookCourier, receivers
from sellergate.adapters.letters import Letters
from sellergate.domain.directory import Seller, Supplier
from sellergate.domain.messages import Backoff, Channel
from sellergate.domain.recipients import Destinations
from sellergate.services.directory import SellerEntry
from sellergate.services.dispatch import Dispatch
from sellergate.services.reminding import ReminderRules, Reminders
from sellergate.services.routing import Router

SECRET = b"s" * 32
TIMEOUT = timedelta(seconds=10)
OPERATORS = "ops@shop.test"


class Post:
    """Shop and post office; `tell` does what the worker does in a second."""

    def __init__(self, store, mail, receiver, *, timeout=TIMEOUT, attempts=3, **of_shop):
        self.shop = Shop(store, **of_shop)
        self.store = store
        self.mail = mail
        self.receiver = receiver
        self._settings = {"backoff": Backoff(attempts=attempts), "timeout": timeout, "now": self.shop.now}
        chat, pager = (f"json://127.0.0.1:{receiver.port}/{name}" for name in ("chat", "pager"))
        hook = receivers({"shop": f"{receiver.url}/hook"}, {"shop": [SECRET]}, allow_http=True)
        self.couriers = {
            Channel.EMAIL: SmtpCourier(mail_server(mail.url), sender="no-reply@shop.test", timeout=timeout),
            Channel.CHAT: ChatCourier({"ops": chat, "oncall": pager}, timeout=timeout),
            Channel.WEBHOOK: WebhookCourier(hook, timeout=timeout),
        }
        self.destinations = Destinations(
            mail=True, operators=(OPERATORS,), chats=("ops",), pagers=("oncall",), webhooks=("shop",)
        )
        self.outbox = self.shop.outbox
        self.reminders = Reminders(store, ReminderRules(), now=self.shop.now)
        self.router = Router(store, self.destinations, now=self.shop.now)
        self.dispatches = {channel: self.dispatch(channel) for channel in Channel}
        for id in ("anna", "ben"):
            self.add_seller(id)
        for id, locale in (("acme", "ko-KR"), ("zeta", "en")):
            entry = Supplier(id=id, name=id.title(), email=f"{id}@shop.test", locale=locale)
            self.shop.directory.put(ADMIN, entry)

    def add_seller(self, id, **facts):
        seller = Seller(id=id, name=id.title(), **{"email": f"{id}@shop.test", "locale": "en", **facts})
        self.shop.directory.put(ADMIN, SellerEntry(seller))

    def dispatch(self, channel):
        return Dispatch(self.store, channel, Letters(), self.couriers[channel], **self._settings)

    def tell(self):
        """Route everything and send what is due."""
        self.router.run()
        for dispatch in self.dispatches.values():
            dispatch.run()

    def received(self, path):
        return [one for one in self.receiver.received if one.path == path]
