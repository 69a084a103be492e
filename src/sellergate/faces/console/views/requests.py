"""A supplier's requests as the list and the detail pane show them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlencode

from sellergate.domain.authorization import Action, Authorization, Status
from sellergate.domain.directory import Product
from sellergate.domain.errors import ProductCapacityReached
from sellergate.domain.reports import Response
from sellergate.faces.console.cursors import cursor
from sellergate.faces.console.decision_forms import NOTE_MAX, presets
from sellergate.faces.console.language import Words
from sellergate.faces.console.shell import initials
from sellergate.faces.console.views.decisions import JobLine, Outcome, job_lines, new_key, outcomes, token_of
from sellergate.faces.console.views.reasons import again_on
from sellergate.faces.console.views.tiers import TierOption, tier_label, tiers
from sellergate.faces.console.visit import Visit
from sellergate.services.inbox import InboxDetail, InboxPage, InboxQuery, InboxRow, InboxView

ADDRESS: Final = "/s/requests"
EXPORT: Final = f"{ADDRESS}/export"
URGENT: Final = timedelta(hours=6)
"""Less than this is a badge; more is a plain word, or the page would be all amber."""
NEARLY_FULL: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """One of the saved views, with how many requests it has."""

    name: str
    label: str
    address: str
    count: int
    is_current: bool
    is_alarming: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """How much of a limit is used, 0 to 1; `kind` is full, near or empty."""

    share: float
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """When an answer is due, in words. `kind` is bad (overdue), warn (within hours) or empty."""

    text: str
    kind: str
    moment: str
    iso: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestLine:
    """One row of the list. `blocked` says why it cannot be approved now; empty when it can.

    `token` names the request as it is shown: its id and version. `free` is how many places its product has, empty without a
    limit.
    """

    id: str
    token: str
    place: str
    free: str
    can_approve: bool
    address: str
    name: str
    initials: str
    tier: str
    tier_label: str
    slots: str
    product: str
    sku: str
    filled: str
    bar: Bar | None
    volume: str
    asked: str
    asked_iso: str
    due: Due | None
    blocked: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterOption:
    """One choice of a filter."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestsView:
    """The whole list. `before` and `after` are the addresses of the pages around this one; `in_time`, `median` and `lately` are empty
    while nobody has answered anything.
    """

    title: str
    tabs: list[Tab]
    rows: list[RequestLine]
    total: int
    waiting: int
    overdue: int
    in_time: str
    median: str
    lately: str
    which: str
    search: str
    products: list[FilterOption]
    tiers: list[TierOption]
    sorts: list[FilterOption]
    shown: str
    before: str | None
    after: str | None
    is_filtered: bool
    unfiltered: str
    export: str
    first: int
    as_of: str
    wanted: dict[str, str]
    key: str
    jobs: list[JobLine]
    outcomes: list[Outcome]
    presets: list[tuple[str, str]]
    note_max: int
    again: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One line of the track record."""

    label: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestDetailView:
    """The detail pane."""

    row: RequestLine
    warning: str
    warning_kind: str
    facts: list[Fact]
    justification: str
    note: str
    history: list[tuple[str, str, str]]
    record: list[Fact]
    status: str
    can_approve: bool
    can_reject: bool
    can_ask: bool
    key: str


def tabs(words: Words, page: InboxPage, current: InboxView) -> list[Tab]:
    """The saved views."""
    labels = {
        InboxView.WAITING: words.gettext("All waiting"),
        InboxView.OVERDUE: words.gettext("Overdue"),
        InboxView.DUE_SOON: words.gettext("Due in 24 h"),
        InboxView.ASKED: words.gettext("Asked for information"),
    }
    return [
        Tab(
            name=which.value,
            label=labels[which],
            address=_address(view=None if which is InboxView.WAITING else which.value),
            count=page.counts[which],
            is_current=which is current,
            is_alarming=which is InboxView.OVERDUE and page.counts[which] > 0,
        )
        for which in InboxView
    ]


def requests_view(
    visit: Visit, query: InboxQuery, start: int, page: InboxPage, products: list[Product]
) -> RequestsView:
    """The list for people; `start` is the number of the first row."""
    words = visit.words
    filters = {
        "view": None if query.view is InboxView.WAITING else query.view.value,
        "q": query.search,
        "product": query.product_id,
        "tier": None if query.tier is None else query.tier.value,
        "sort": "newest" if query.newest_first else None,
        "size": None if query.limit == InboxQuery().limit else str(query.limit),
    }
    end = start + len(page.rows) - 1
    earlier = max(1, start - query.limit)
    answers = visit.parts.answer_times.of(visit.actor)
    return RequestsView(
        title=words.gettext("Requests"),
        tabs=tabs(words, page, query.view),
        rows=[line(visit, row, page.now) for row in page.rows],
        total=page.total,
        waiting=page.counts[InboxView.WAITING],
        overdue=page.counts[InboxView.OVERDUE],
        in_time="" if answers is None else visit.formats.percent(answers.in_time),
        median="" if answers is None else visit.formats.span(answers.median),
        lately="" if answers is None else _lately(visit, answers),
        which=query.view.value,
        search=query.search or "",
        products=[
            FilterOption(value=each.id, label=each.name, is_chosen=each.id == query.product_id) for each in products
        ],
        tiers=tiers(words, query.tier),
        sorts=[
            FilterOption(value="", label=words.gettext("Due first"), is_chosen=not query.newest_first),
            FilterOption(value="newest", label=words.gettext("Newest first"), is_chosen=query.newest_first),
        ],
        shown=_shown(visit, start, end, page.total),
        before=None if page.before is None else _address(**filters, before=cursor(page.before), n=str(earlier)),
        after=None if page.after is None else _address(**filters, after=cursor(page.after), n=str(end + 1)),
        is_filtered=any((query.search, query.product_id, query.tier)),
        unfiltered=_address(view=filters["view"]),
        export=f"{EXPORT}?{urlencode({name: value for name, value in filters.items() if value and name != 'size'})}",
        first=start,
        as_of=page.now.isoformat(),
        wanted=query.as_texts(),
        key=new_key(),
        jobs=job_lines(visit),
        outcomes=outcomes(visit),
        presets=presets(words),
        note_max=NOTE_MAX,
        again=again_on(visit),
    )


def _lately(visit: Visit, answers: Response) -> str:
    return visit.words.ngettext(
        "Your last answer came within %(span)s.",
        "Half of your last %(num)s answers came within %(span)s.",
        answers.answers,
        span=visit.formats.span(answers.median),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsView:
    """Requests that have come since a list was read; `address` is that list anew."""

    count: int
    address: str


def news_view(visit: Visit, query: InboxQuery, since: datetime) -> NewsView:
    """The news of a list."""
    sort = "newest" if query.newest_first else None
    return NewsView(
        count=visit.parts.inbox.news(visit.actor, query, since), address=_address(**query.as_texts(), sort=sort)
    )


def _shown(visit: Visit, start: int, end: int, total: int) -> str:
    number = visit.formats.number
    return f"{number(start)}\N{EN DASH}{number(end)} / {number(total)}" if total else number(0)


def _address(**filters: str | None) -> str:
    given = {name: value for name, value in filters.items() if value}
    return f"{ADDRESS}?{urlencode(given)}" if given else ADDRESS


def line(visit: Visit, row: InboxRow, now: datetime) -> RequestLine:
    """One request as a row."""
    record, words, formats = row.record, visit.words, visit.formats
    name = row.seller.name if row.seller else record.seller_id
    return RequestLine(
        id=record.id,
        token=token_of(record),
        place=record.product_id,
        free="" if row.capacity is None else str(max(0, row.capacity - row.approved)),
        can_approve=record.status is Status.REQUESTED and row.obstacle is None,
        address=f"{ADDRESS}/{record.id}",
        name=name,
        initials=initials(name),
        tier=row.seller.tier.value.lower() if row.seller else "",
        tier_label=tier_label(words, row.seller.tier) if row.seller else "",
        slots=_slots(words, row),
        product=row.product.name if row.product else record.product_id,
        sku=(row.product.sku if row.product else None) or record.product_id,
        filled=str(row.approved) if row.capacity is None else f"{row.approved}/{row.capacity}",
        bar=bar_of(row.approved, row.capacity),
        volume=formats.number(record.expected_volume),
        asked=formats.ago(record.requested_at, now),
        asked_iso=formats.iso(record.requested_at),
        due=None if row.due_at is None else _due(visit, row.due_at, now),
        blocked=words.gettext("full") if isinstance(row.obstacle, ProductCapacityReached) else "",
    )


def _slots(words: Words, row: InboxRow) -> str:
    if row.slot_limit is None:
        return words.ngettext("%(num)s product", "%(num)s products", row.slots)
    return words.gettext("%(n)s of %(m)s products", n=row.slots, m=row.slot_limit)


def bar_of(used: int, capacity: int | None) -> Bar | None:
    """How much of a capacity is used; None without one."""
    if capacity is None:
        return None
    kind = "full" if used >= capacity else "near" if capacity - used <= NEARLY_FULL else ""
    return Bar(share=min(1.0, used / capacity) if capacity else 1.0, kind=kind)


def _due(visit: Visit, due_at: datetime, now: datetime) -> Due:
    words, formats, left = visit.words, visit.formats, due_at - now
    span = formats.span(left)
    if left <= timedelta(0):
        text, kind = words.gettext("%(span)s overdue", span=span), "bad"
    else:
        text, kind = words.gettext("%(span)s left", span=span), "warn" if left < URGENT else ""
    return Due(text=text, kind=kind, moment=formats.moment(due_at), iso=formats.iso(due_at))


def detail_view(visit: Visit, detail: InboxDetail) -> RequestDetailView:
    """One request in full."""
    row, words, formats, elsewhere = detail.row, visit.words, visit.formats, detail.elsewhere
    shown = line(visit, row, detail.now)
    warning, kind = _warning(words, shown)
    return RequestDetailView(
        row=shown,
        warning=warning,
        warning_kind=kind,
        facts=_facts(visit, row.record, shown),
        justification=row.record.business_justification or "",
        note=row.record.note or "",
        record=[
            Fact(label=words.gettext("Approved by other suppliers"), value=formats.number(elsewhere[Status.APPROVED])),
            Fact(label=words.gettext("Rejected by others"), value=formats.number(elsewhere[Status.REJECTED])),
            Fact(label=words.gettext("Revoked by others"), value=formats.number(elsewhere[Status.REVOKED])),
            Fact(label=words.gettext("Sales without approval"), value=formats.number(detail.denials)),
        ],
        history=[
            ("circle-check", "ok", words.gettext("%(n)s approved", n=detail.answered[Status.APPROVED])),
            ("circle-x", "t3", words.gettext("%(n)s rejected", n=detail.answered[Status.REJECTED])),
            ("ban", "t3", words.gettext("%(n)s revoked", n=detail.answered[Status.REVOKED])),
        ],
        status=row.record.status.value,
        can_approve=Action.APPROVE in detail.actions,
        can_reject=Action.REJECT in detail.actions,
        can_ask=Action.ASK_INFO in detail.actions,
        key=new_key(),
    )


def _warning(words: Words, row: RequestLine) -> tuple[str, str]:
    """What stands in the way, or presses, most; and its colour."""
    if row.due is not None and row.due.kind == "bad":
        return words.gettext("The answer was due %(moment)s.", moment=row.due.moment), "bad"
    if row.blocked:
        return words.gettext("This product has no free seller slots. Raise its capacity, or reject."), "warn"
    return "", ""


def _facts(visit: Visit, record: Authorization, row: RequestLine) -> list[Fact]:
    words, formats = visit.words, visit.formats
    return [
        Fact(label=words.gettext("Asked"), value=formats.moment(record.requested_at)),
        Fact(label=words.gettext("Expected volume"), value=row.volume),
        Fact(label=words.gettext("Products in use"), value=row.slots),
    ]
