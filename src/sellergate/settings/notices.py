"""What people are told outside of the product: how it is sent, and to whom."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sellergate.domain.preferences import Locale
from sellergate.settings.declaring import setting
from sellergate.settings.parsers import (
    addresses,
    choice,
    flag,
    mail_sender,
    mailing_lists,
    number,
    places,
    seconds,
    signed_places,
    zone,
)

FLAG: Final = "true or false"
PLACES: Final = "names and addresses like ops=ADDRESS, separated by spaces"


@dataclass(frozen=True, kw_only=True)
class NoticeSettings:
    """What people are told outside of the product: how it is sent, and to whom."""

    send: bool = setting(
        "SELLERGATE_NOTICES_SEND",
        True,
        "Whether this server sends messages; false where another one does it. Several may.",
        flag,
        allowed=FLAG,
    )
    smtp_url: str | None = setting(
        "SELLERGATE_SMTP_URL",
        None,
        "The mail server: smtp://USER:PASSWORD@HOST:587 (STARTTLS), smtps:// (TLS) or smtp+plain:// (neither). Unset: no e-mail.",
        str,
        allowed="an smtp, smtps or smtp+plain URL",
        secret=True,
    )
    mail_from: str | None = setting(
        "SELLERGATE_MAIL_FROM",
        None,
        "Whom e-mail is from.",
        mail_sender,
        allowed="an e-mail address like Shop <no-reply@shop.example>",
    )
    operators: tuple[str, ...] = setting(
        "SELLERGATE_OPERATOR_EMAILS",
        (),
        "Who is mailed about the rollout and severe backlogs.",
        addresses,
        allowed="e-mail addresses separated by commas",
    )
    operator_locale: str = setting(
        "SELLERGATE_OPERATOR_LOCALE", "en", "The language operators are told in.", choice(*Locale), allowed="ko or en"
    )
    chats: Mapping[str, str] = setting(
        "SELLERGATE_CHAT_URLS",
        None,
        "Places that are told all that operators are told, by Apprise: ops=slack://… eng=discord://…",
        places,
        allowed=PLACES,
        secret=True,
    )
    pagers: Mapping[str, str] = setting(
        "SELLERGATE_PAGER_URLS",
        None,
        "Places that wake somebody, told only of what is severe, by Apprise: oncall=pagerduty://…",
        places,
        allowed=PLACES,
        secret=True,
    )
    announce: bool = setting(
        "SELLERGATE_ANNOUNCE",
        True,
        "Whether what the plan announces is sent by itself once it is due; false: only when somebody sends it.",
        flag,
        allowed=FLAG,
    )
    announce_emails: Mapping[str, tuple[str, ...]] = setting(
        "SELLERGATE_ANNOUNCE_EMAILS",
        None,
        "Who is mailed the plan's announcements, by audience: support-team=help@shop.example leadership=…",
        mailing_lists,
        allowed="audiences and e-mail addresses like support-team=ADDRESS,ADDRESS, separated by spaces",
    )
    announce_chats: Mapping[str, str] = setting(
        "SELLERGATE_ANNOUNCE_CHAT_URLS",
        None,
        "Places that are told announcements and nothing else, by Apprise, named as in the plan: product=slack://…/#product",
        places,
        allowed=PLACES,
        secret=True,
    )
    announce_faq: str = setting(
        "SELLERGATE_ANNOUNCE_FAQ",
        "docs/how-to/support-faq.md",
        "Where your support finds the answers, as the announcement to them says; best an address on your own site.",
        str,
        allowed="a text",
    )
    webhooks: Mapping[str, str] = setting(
        "SELLERGATE_WEBHOOK_URLS",
        None,
        "Programs that are told everything, by signed webhooks: shop=https://…",
        places,
        allowed=PLACES,
        secret=True,
    )
    webhook_secrets: Mapping[str, tuple[bytes, ...]] = setting(
        "SELLERGATE_WEBHOOK_SECRETS",
        None,
        "What webhooks are signed with: shop=whsec_…; while one secret follows another, both: shop=whsec_NEW,whsec_OLD.",
        signed_places,
        allowed="names and secrets like shop=whsec_BASE64, of 24 to 64 bytes each, separated by spaces",
        secret=True,
    )
    webhook_http: bool = setting(
        "SELLERGATE_WEBHOOK_ALLOW_HTTP",
        False,
        "Whether webhooks may go over plain http.",
        flag,
        allowed=FLAG,
    )
    locale: str = setting(
        "SELLERGATE_NOTICES_LOCALE",
        "ko",
        "The language of those who have named none.",
        choice(*Locale),
        allowed="ko or en",
    )
    zone: str = setting(
        "SELLERGATE_NOTICES_ZONE",
        "Asia/Seoul",
        "The time zone of those who have named none.",
        zone,
        allowed="a time zone like Asia/Seoul",
    )
    timeout: timedelta = setting(
        "SELLERGATE_NOTICES_TIMEOUT_SECONDS",
        timedelta(seconds=10),
        "How long a mail server or receiver may stay silent, in seconds.",
        seconds(1, 60),
        allowed="a number of seconds, 1 to 60",
    )
    attempts: int = setting(
        "SELLERGATE_NOTICES_ATTEMPTS",
        16,
        "How often a message is tried before it is given up: twice as long after each time, from 5 s to an hour.",
        number(1, 100),
        allowed="a number, 1 to 100",
    )
    remind_days: int = setting(
        "SELLERGATE_REMIND_AFTER_DAYS",
        3,
        "After how many days without an answer a supplier is reminded of a request; 0 for never.",
        number(0, 365),
        allowed="a number of days, 0 to 365",
    )
    expiry_days: int = setting(
        "SELLERGATE_EXPIRY_NOTICE_DAYS",
        7,
        "How many days before an approval ends its seller is told; 0 for never.",
        number(0, 365),
        allowed="a number of days, 0 to 365",
    )
    sent_days: int = setting(
        "SELLERGATE_MESSAGES_KEPT_DAYS",
        30,
        "How many days messages are kept once they were sent.",
        number(1, 4000),
        allowed="a number of days, 1 to 4000",
    )
    in_app_days: int = setting(
        "SELLERGATE_NOTICES_KEPT_DAYS",
        365,
        "How many days notices stay in the app, and messages that could not be delivered can be retried.",
        number(30, 4000),
        allowed="a number of days, 30 to 4000",
    )

    @property
    def language(self) -> Locale:
        """The language of those who have named none."""
        return Locale(self.locale)
