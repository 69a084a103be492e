"""How people are told, out of the settings: places, couriers, and the jobs that send. Each refusal names its variable."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Final, Self
from uuid import uuid4

from sellergate.adapters.couriers.smtp import SmtpCourier, mail_server
from sellergate.adapters.couriers.webhook import WebhookCourier, receivers
from sellergate.adapters.letters import Letters
from sellergate.domain.errors import InvalidInput
from sellergate.domain.messages import Backoff, Channel, Item, Message
from sellergate.domain.notices import Audience, Kind
from sellergate.domain.preferences import Locale
from sellergate.domain.recipients import Destinations
from sellergate.ports.clock import utc_now
from sellergate.ports.couriers import Courier
from sellergate.ports.stores import Store
from sellergate.services.dispatch import Dispatch
from sellergate.services.outbox import Kept, Outbox
from sellergate.services.reminding import ReminderRules, Reminders
from sellergate.services.routing import Router
from sellergate.settings import MASK, ConfigurationError, NoticeSettings
from sellergate.worker import Job

ROUTES_EVERY: Final = timedelta(seconds=1)
SENDS_EVERY: Final = timedelta(seconds=1)
REMINDS_EVERY: Final = timedelta(minutes=1)
COUNTS_EVERY: Final = timedelta(seconds=10)
FORGETS_EVERY: Final = timedelta(minutes=10)
VARIABLES: Final = {
    Channel.EMAIL: "SELLERGATE_SMTP_URL",
    Channel.CHAT: "SELLERGATE_CHAT_URLS",
    Channel.WEBHOOK: "SELLERGATE_WEBHOOK_URLS",
}


def destinations_of(settings: NoticeSettings) -> Destinations:
    """Where people can be told."""
    return Destinations(
        mail=settings.smtp_url is not None,
        operators=settings.operators,
        chats=tuple(settings.chats or ()),
        pagers=tuple(settings.pagers or ()),
        webhooks=tuple(settings.webhooks or ()),
        operator_locale=Locale(settings.operator_locale),
        locale=settings.language,
        zone=settings.zone,
    )


def channels_of(settings: NoticeSettings) -> frozenset[Channel]:
    """By which channels a server with these settings sends."""
    return frozenset(couriers_of(settings)) if settings.send else frozenset()


def couriers_of(settings: NoticeSettings) -> Mapping[Channel, Courier]:
    """A courier for each channel there is. Raises ConfigurationError for settings that cannot be used."""
    made: dict[Channel, Courier] = {}
    if settings.smtp_url is not None:
        made[Channel.EMAIL] = _mail(settings, settings.smtp_url)
    if settings.chats or settings.pagers or settings.announce_chats:
        made[Channel.CHAT] = _chats(settings)
    if settings.webhooks or settings.webhook_secrets:
        made[Channel.WEBHOOK] = _webhooks(settings)
    return made


def _mail(settings: NoticeSettings, url: str) -> Courier:
    with _named("SELLERGATE_SMTP_URL"):
        server = mail_server(url)
    if settings.mail_from is None:
        raise ConfigurationError("SELLERGATE_MAIL_FROM", "", "with a mail server, set whom e-mail is from")
    return SmtpCourier(server, sender=settings.mail_from, timeout=settings.timeout)


def _chats(settings: NoticeSettings) -> Courier:
    from sellergate.adapters.couriers.chat import ChatCourier  # nobody else waits for Apprise

    known: dict[str, str] = {}
    for variable, places in (
        ("SELLERGATE_CHAT_URLS", settings.chats or {}),
        ("SELLERGATE_PAGER_URLS", settings.pagers or {}),
        ("SELLERGATE_ANNOUNCE_CHAT_URLS", settings.announce_chats or {}),
    ):
        both = sorted(known.keys() & places.keys())
        if both:
            raise ConfigurationError(variable, MASK, f"{both[0]} is the name of a chat as well")
        with _named(variable):
            ChatCourier(places, timeout=settings.timeout)
        known |= places
    return ChatCourier(known, timeout=settings.timeout)


def _webhooks(settings: NoticeSettings) -> Courier:
    with _named("SELLERGATE_WEBHOOK_URLS"):
        told = receivers(settings.webhooks or {}, settings.webhook_secrets or {}, allow_http=settings.webhook_http)
    return WebhookCourier(told, timeout=settings.timeout)


TRIAL: Final = {
    "subject": {"en": "A message from sellergate", "ko": "sellergate에서 보낸 메시지"},
    "text": {"en": "Messages reach you here.", "ko": "이곳으로 메시지가 잘 전달됩니다."},
}


def send_trial(settings: NoticeSettings, channel: Channel, address: str) -> None:
    """Send one message at once, past the outbox. Raises Undelivered, and ConfigurationError for a channel not set up."""
    courier = couriers_of(settings).get(channel)
    if courier is None:
        raise ConfigurationError(VARIABLES[channel], "", f"set it to send by {channel}")
    now = utc_now()
    message = Message(
        key=f"trial:{uuid4()}",
        channel=channel,
        address=address,
        recipient=address,
        locale=settings.language,
        zone=settings.zone,
        created_at=now,
        due_at=now,
    )
    item = Item(kind=Kind.ANNOUNCEMENT.value, audience=Audience.OPERATOR.value, facts=TRIAL, at=now)
    courier.deliver(Letters().write(message, [item]))


@contextmanager
def _named(variable: str) -> Iterator[None]:
    try:
        yield
    except InvalidInput as refusal:
        named = "SELLERGATE_WEBHOOK_SECRETS" if refusal.facts.get("field") == "secrets" else variable
        raise ConfigurationError(named, MASK, str(refusal)) from refusal


@dataclass(frozen=True, slots=True)
class Telling:
    """Where messages are posted, what finds out what time has brought about, and what a server does about both."""

    settings: NoticeSettings
    store: Store
    outbox: Outbox
    reminders: Reminders

    @classmethod
    def of(cls, settings: NoticeSettings, store: Store) -> Self:
        """What the settings say about it."""
        kept = Kept(sent=timedelta(days=settings.sent_days), others=timedelta(days=settings.in_app_days))
        rules = ReminderRules(expiring=_days(settings.expiry_days), unanswered=_days(settings.remind_days))
        return cls(settings, store, Outbox(store, kept=kept), Reminders(store, rules))

    def jobs(self, *, leads: Callable[[], bool]) -> list[Job]:
        """The jobs of a server. `leads`: whether this process is the one of the fleet that looks what is due."""
        jobs = [
            Job("remind", REMINDS_EVERY, lambda: leads() and self.reminders.run()),
            Job("count messages", COUNTS_EVERY, self.outbox.count),
            Job("forget messages", FORGETS_EVERY, self.outbox.forget),
        ]
        return [*jobs, *self._sending()] if self.settings.send else jobs

    def _sending(self) -> Iterator[Job]:
        yield Job("route notices", ROUTES_EVERY, Router(self.store, destinations_of(self.settings)).run)
        dispatch = partial(
            Dispatch,
            self.store,
            writer=Letters(),
            backoff=Backoff(attempts=self.settings.attempts),
            timeout=self.settings.timeout,
        )
        for channel, courier in couriers_of(self.settings).items():
            yield Job(f"send by {channel}", SENDS_EVERY, dispatch(channel, courier=courier).run)


def _days(number: int) -> timedelta | None:
    return timedelta(days=number) if number else None
