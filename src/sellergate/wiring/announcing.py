"""How the plan's announcements are told, out of the settings."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from sellergate.adapters.letters import AnnouncementWords
from sellergate.domain.plan import RolloutPlan
from sellergate.domain.preferences import Locale
from sellergate.ports.measurements import MeasurementSource
from sellergate.ports.stores import Store
from sellergate.services.announcing import Announcing
from sellergate.services.audiences import Places
from sellergate.services.judging import Judge
from sellergate.services.outbox import Outbox
from sellergate.services.rollouts import RolloutService
from sellergate.services.summaries import Summaries
from sellergate.settings import NoticeSettings
from sellergate.worker import Job

ANNOUNCES_EVERY: Final = timedelta(seconds=30)


def announcing_of(
    settings: NoticeSettings,
    store: Store,
    outbox: Outbox,
    *,
    plan: RolloutPlan,
    rollouts: RolloutService,
    judge: Judge,
    source: MeasurementSource,
) -> Announcing:
    """What the settings say about it."""
    return Announcing(
        store,
        outbox,
        rollouts,
        Summaries(store, source, judge),
        AnnouncementWords(settings.announce_faq),
        plan=plan,
        places=places_of(settings),
        automatic=settings.announce,
    )


def announcing_jobs(settings: NoticeSettings, announcing: Announcing, *, leads: Callable[[], bool]) -> list[Job]:
    """What a server does about it. `leads`: whether this process is the one of the fleet that looks what is due."""
    return [Job("announce", ANNOUNCES_EVERY, lambda: leads() and announcing.run())] if settings.announce else []


def places_of(settings: NoticeSettings) -> Places:
    """Where audiences can be told. A chat that hears everything can be told announcements too."""
    return Places(
        mails=settings.announce_emails or {},
        chats=frozenset({*(settings.announce_chats or {}), *(settings.chats or {}), *(settings.pagers or {})}),
        mail=settings.smtp_url is not None,
        inside=Locale(settings.operator_locale),
        outside=settings.language,
    )
