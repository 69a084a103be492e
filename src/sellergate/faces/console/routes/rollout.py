"""The operator's control room: how the rollout is, and the moves that change it.

Each move has a page of its own with the form that the dialog has as well: it works without a script, and when nothing is live.
"""

from datetime import timedelta
from typing import Any, Final

from starlette.responses import JSONResponse, Response

from sellergate.domain.errors import CriteriaNotMet, InvalidInput, InvalidStatus, OutsideChangeWindow, ReasonRequired
from sellergate.domain.identifiers import Role
from sellergate.domain.rollout import RolloutState
from sellergate.faces.console import cookies
from sellergate.faces.console.pages import Pages
from sellergate.faces.console.views.announcements import promotion_view
from sellergate.faces.console.views.backlog import backlog_lines
from sellergate.faces.console.views.rollout import ADDRESS, place_label, reductions, rollout_view
from sellergate.faces.console.views.rollout_figures import charts, series
from sellergate.faces.console.views.shadow import shadow_lines
from sellergate.faces.console.visit import Visit
from sellergate.faces.problems import NothingHere
from sellergate.ports.queries import PageRequest, ShadowQuery
from sellergate.services.rollouts import RolloutMove
from sellergate.services.trends import RANGES

pages = Pages(Role.OPERATOR, Role.ADMIN)

REFUSED: Final = (CriteriaNotMet, InvalidInput, InvalidStatus, OutsideChangeWindow, ReasonRequired)
"""What is said beside the form, and the form stays."""
SPANS: Final = {f"{round(span.total_seconds() / 3600)}h": span for span in RANGES}
FIRST: Final = "1h"
EVENTS: Final = 100
CARD: Final = 5
"""Lines of a card."""


@pages.get(ADDRESS)
def rollout(visit: Visit) -> Response:
    """The control room."""
    chosen = visit.query.get("range")
    span = SPANS.get(chosen or "", SPANS[FIRST])
    judged = visit.parts.judge.judge(visit.parts.rollout())
    thresholds = {} if judged is None else {limit.metric: limit for limit in judged.rules.thresholds}
    said = cookies.said_of(visit.request)
    response = visit.page(
        "rollout/page.html",
        view=rollout_view(visit),
        charts=charts(visit, visit.parts.trends.over(span), thresholds),
        ranges=[(key, _span_label(visit, length), length == span) for key, length in SPANS.items()],
        said=said,
        **_choices(visit),
        **_cards(visit),
    )
    if said:
        cookies.drop_said(response, secure=visit.secure)
    return response


def _cards(visit: Visit) -> dict[str, Any]:
    """What is beside the rollout itself: as it is when the page is opened."""
    shadow = ShadowQuery(page=PageRequest(CARD, counted=False))
    return {
        "shadow_pairs": visit.parts.shadow.totals(shadow)["pairs"],
        "shadow_lines": shadow_lines(visit, {}, visit.parts.shadow.search(shadow)),
        "backlog_lines": backlog_lines(visit, CARD),
    }


def _span_label(visit: Visit, span: timedelta) -> str:
    hours = round(span.total_seconds() / 3600)
    if hours <= 24:
        return visit.words.gettext("%(hours)s h", hours=hours)
    return visit.words.gettext("%(days)s d", days=hours // 24)


@pages.get(f"{ADDRESS}/series")
def points(visit: Visit) -> Response:
    """The lines of the charts, for the script."""
    trend = visit.parts.trends.over(SPANS.get(visit.query.get("range", FIRST), SPANS[FIRST]))
    changes = visit.parts.rollouts.history(PageRequest(EVENTS)).items
    events = [
        (change.at.timestamp(), place_label(visit.words, change.to_phase, change.to_percentage))
        for change in changes
        if change.at >= trend.since
        and (change.from_phase, change.from_percentage) != (change.to_phase, change.to_percentage)
    ]
    return JSONResponse({**series(trend), "events": events[::-1]}, headers={"Cache-Control": "no-store"})


def _choices(visit: Visit) -> dict[str, Any]:
    """What the forms offer."""
    state = visit.parts.rollout()
    return {
        "reasons": rollback_reasons(visit),
        "reductions": [
            (share, visit.words.pgettext("phase", "Off") if share == 0 else visit.formats.percent(share / 100, 0))
            for share in reductions(visit.parts.plan, state)
        ],
        "obstacles": [obstacle.sentence for obstacle in visit.parts.rollouts.obstacles(state)],
    }


def rollback_reasons(visit: Visit) -> list[str]:
    """What one rolls back for, ready to be chosen."""
    words = visit.words
    return [
        words.gettext("Sellers are denied wrongly"),
        words.gettext("The gate is too slow"),
        words.gettext("Checks of the gate fail"),
        words.gettext("Another incident in the shop"),
    ]


MOVES: Final = ("promote", "hold", "resume", "reduce", "rollback")


@pages.get(f"{ADDRESS}/{{move}}")
def move_form(visit: Visit, move: str) -> Response:
    """The form of one move."""
    if move not in MOVES:
        raise NothingHere
    return _form(visit, move)


def _form(visit: Visit, move: str, problem: str = "") -> Response:
    context = {"move": move, "view": rollout_view(visit), "problem": problem, **_choices(visit)}
    if move == "promote":
        context["told"] = promotion_view(visit)
    if problem:
        return visit.page("rollout/move.html", status=422, **context)
    return visit.answer("rollout/move.html", "rollout/_move.html", **context)


@pages.post(f"{ADDRESS}/{{move}}")
def make_move(visit: Visit, move: str) -> Response:
    """Carry it out, then back to the control room, which says what became of it."""
    if move not in MOVES:
        raise NothingHere
    try:
        made = _made(visit, move)
    except REFUSED as refusal:
        return _form(visit, move, str(refusal))
    response = visit.go(ADDRESS)
    cookies.keep_said(response, _told(visit, move, made), secure=visit.secure)
    return response


def _made(visit: Visit, move: str) -> RolloutMove:
    rollouts, by, reason = visit.parts.rollouts, visit.actor, _reason(visit, move)
    if move == "promote":
        return rollouts.promote(by, reason, override=visit.sent("override") == "yes")
    if move == "reduce":
        return rollouts.reduce(by, reason, percentage=_share(visit))
    if move == "rollback":
        return rollouts.rollback(by, reason)
    return rollouts.hold(by, reason) if move == "hold" else rollouts.resume(by, reason)


def _reason(visit: Visit, move: str) -> str:
    """What the person gave, after the reason they chose; a move that only stops or goes on may do without."""
    given = " ".join(part for part in (visit.sent("why"), visit.sent("reason")) if part)
    if given or move not in ("hold", "resume"):
        return given
    words = visit.words
    return words.gettext("Held in the console") if move == "hold" else words.gettext("Resumed in the console")


def _share(visit: Visit) -> int | None:
    """Where to reduce to. Raises InvalidInput for what is no share."""
    text = visit.sent("percentage")
    if not text:
        return None
    if not text.isdecimal() or len(text) > 3:
        raise InvalidInput(visit.words.gettext("Choose where to reduce to."), field="percentage")
    return int(text)


def _told(visit: Visit, move: str, made: RolloutMove) -> str:
    """What has become of it, with how far the news has got: measured, by reading back every process."""
    words, receipt = visit.words, made.receipt
    place = _place(visit, made.state)
    done = {
        "promote": words.gettext("Promoted to %(place)s.", place=place),
        "hold": words.gettext("Held at %(place)s.", place=place),
        "resume": words.gettext("Resumed at %(place)s.", place=place),
        "reduce": words.gettext("Reduced to %(place)s.", place=place),
        "rollback": words.gettext("Rolled back to %(place)s.", place=place),
    }[move]
    if receipt.applied == receipt.processes:
        news = words.gettext(
            "All %(processes)s servers followed within %(milliseconds)s ms.",
            processes=receipt.processes,
            milliseconds=round(receipt.milliseconds),
        )
    else:
        news = words.gettext(
            "%(applied)s of %(processes)s servers have followed after %(milliseconds)s ms.",
            applied=receipt.applied,
            processes=receipt.processes,
            milliseconds=round(receipt.milliseconds),
        )
    return f"{done} {news}"


def _place(visit: Visit, state: RolloutState) -> str:
    return place_label(visit.words, state.phase, state.percentage)


@pages.get(f"{ADDRESS}/criteria/{{name}}")
def signature_form(visit: Visit, name: str) -> Response:
    """The form by which a criterion is signed, or its signature withdrawn."""
    return _signature(visit, name)


def _signature(visit: Visit, name: str, problem: str = "") -> Response:
    line = next((line for line in rollout_view(visit).criteria if line.name == name), None)
    if line is None or not (line.may_sign or line.may_withdraw):
        raise NothingHere
    return visit.page("rollout/criterion.html", status=422 if problem else 200, line=line, problem=problem)


@pages.post(f"{ADDRESS}/criteria/{{name}}")
def sign(visit: Visit, name: str) -> Response:
    """Sign it, or withdraw."""
    signing = visit.parts.signing
    act = signing.withdraw if visit.sent("withdraw") else signing.sign
    try:
        act(visit.actor, name, visit.sent("note"))
    except (InvalidInput, ReasonRequired) as refusal:
        return _signature(visit, name, str(refusal))
    return visit.go(f"{ADDRESS}#criteria")
