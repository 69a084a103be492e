"""Every announcement of the plan has words in every language and by every channel, and the seed's own are word for word."""

from dataclasses import replace

import pytest

from builders import HOUR, NOON, THE_PLAN, a_message, a_rollout, a_rollout_change
from sellergate.adapters.letters import AnnouncementWords, Letters
from sellergate.adapters.letters.announcing import TEMPLATES
from sellergate.domain.announcements import Course, before, of_change, summary
from sellergate.domain.communication import Announcement, Occasion, Template
from sellergate.domain.communication import Channel as Way
from sellergate.domain.figures import Figures, FullestInbox
from sellergate.domain.gate import Stage
from sellergate.domain.messages import Channel, Item
from sellergate.domain.notices import Kind
from sellergate.domain.preferences import Locale
from sellergate.domain.rollout import Phase, RolloutAction
from sellergate.domain.trend import Point

WORDS = AnnouncementWords("https://shop.example/faq")
LETTERS = Letters()
REASON = "Errors 2 % of\n1,000 checks <b>."
SHADOW = a_rollout(step="shadow")
REACHED = a_rollout_change(2, to_step="canary", to_phase=Phase.CANARY, reason=REASON)
BACK = a_rollout_change(
    3, action=RolloutAction.ROLLBACK, from_step="canary", from_phase=Phase.CANARY, to_phase=Phase.OFF, reason=REASON
)
POINT = Point(
    start=NOON,
    checks=123_456,
    p50=0.0001,
    p95=0.0032,
    p99=0.0081,
    errors=0.0042,
    hits=0.914,
    denied=dict.fromkeys(Stage, 0.0),
)
FIGURES = Figures(
    since=NOON - 24 * HOUR,
    to=NOON,
    point=POINT,
    unreadable=False,
    changes=[REACHED],
    actions={"request": 41, "approve": 30, "reject": 10, "revoke": 1, "directory": 5},
    denials=1_234,
    denied_sellers=17,
    state=SHADOW,
    verdict="All is well: P95 3.2 ms.",
    pending=62,
    approved=2_345,
    fullest=FullestInbox(supplier_id="acme", pending=50),
)
NOTHING = replace(FIGURES, point=None, changes=[], actions={"directory": 5}, denials=0, denied_sellers=0, fullest=None)


def editions_of(one):
    """Every way in which an announcement can have to be worded."""
    if one.occasion is Occasion.BEFORE:
        steps = [step for step in THE_PLAN.steps if one.step in (None, step.name)]
        yield from (before(one, step, THE_PLAN, Course(state=SHADOW), NOON) for step in steps)
    elif one.occasion in (Occasion.DAILY, Occasion.WEEKLY):
        yield summary(one, THE_PLAN, NOON)
    else:
        yield of_change(one, THE_PLAN, REACHED if one.occasion is Occasion.ENTERED else BACK)


CASES = [
    pytest.param(edition, id=f"{one.name}-{edition.step.name if edition.step else one.occasion}")
    for one in THE_PLAN.announcements
    for edition in editions_of(one)
]


@pytest.mark.parametrize("channel", Channel)
@pytest.mark.parametrize("locale", Locale)
@pytest.mark.parametrize("edition", CASES)
def test_every_announcement_has_words_in_every_language_by_every_channel(edition, locale, channel):
    texts = WORDS.texts(edition, THE_PLAN, FIGURES)
    item = Item(kind=Kind.ANNOUNCEMENT.value, audience="operator", facts=texts, at=NOON)
    letter = LETTERS.write(a_message(locale=locale, channel=channel), [item])

    assert 10 < len(letter.subject) < 150
    assert "\n" not in letter.subject
    assert len(letter.text) > 20
    for trace in ("None", "{", "}", " ,", " ."):
        assert trace not in letter.subject + letter.text
    assert "\n\n\n" not in letter.text
    assert "<b>" not in letter.html
    is_korean = any("가" <= sign <= "힣" for sign in letter.subject + letter.text)
    assert is_korean == (locale is Locale.KO)


SEED = {
    "sellers-launch": "New authorization system launching. Request access to products from suppliers.",
    "suppliers-launch": "Review seller authorization requests in your inbox. Approve/reject within 3 days.",
    "partners-launch": "No action required. Authorization system improves product access control.",
    "rolled-back": "@channel Phase 9 rolled back due to Errors 2 % of 1,000 checks <b>. "
    "Authorization gates DISABLED. Investigating...",
}


@pytest.mark.parametrize(("name", "text"), SEED.items())
def test_the_seeds_messages_are_sent_word_for_word(name, text):
    [one] = [one for one in THE_PLAN.announcements if one.name == name]
    [edition] = editions_of(one)
    texts = WORDS.texts(edition, THE_PLAN, None)

    assert texts["text"]["en"] == text
    assert text.startswith(texts["subject"]["en"])
    assert texts["text"]["ko"] != text


def test_every_template_is_written_in_every_language_and_sent_by_the_plan():
    for locale in Locale:
        assert {path.stem for path in (TEMPLATES / locale.value).iterdir()} == set(Template)
    assert {one.template for one in THE_PLAN.announcements if one.template} == set(Template)


def worded(name, figures=FIGURES):
    [one] = [one for one in THE_PLAN.announcements if one.name == name]
    [edition] = editions_of(one)
    return WORDS.texts(edition, THE_PLAN, figures)["text"]


def test_the_daily_summary_has_the_figures_of_the_day():
    text = worded("engineering-summary")

    for part in (
        "- Gate: 123,456 checks, P95 3.2 ms, P99 8.1 ms",
        "- Errors: 0.42 % of the checks",
        "- Cache hits: 91.4 %",
        "- Denied by enforcement: 1,234, of 17 sellers",
        "- Requests: 41; approved 30, rejected 10, revoked 1",
        "- Changes of the rollout: 1",
        "- 1 March 2026, 21:00 KST: promote to canary, by operator-1: Errors 2 % of 1,000 checks <b>.",
        "All is well: P95 3.2 ms.",
        "Now 62 requests wait for an answer; the most, 50, at acme.",
    ):
        assert part in text["en"]
    assert "- 게이트: 확인 123,456건, P95 3.2 ms, P99 8.1 ms" in text["ko"]
    assert "- 승인 요청: 41건, 승인 30건, 거절 10건, 철회 1건" in text["ko"]


def test_the_weekly_summary_has_the_figures_of_the_week():
    text = worded("product-summary")

    assert "- Answers of suppliers: 30 approved, 10 rejected: 75 % approved" in text["en"]
    assert "- Revoked: 1\n- Sales that enforcement has denied: 1,234, of 17 sellers" in text["en"]
    assert "Now 2,345 approvals are in force, and 62 requests wait" in text["en"]
    assert "승인율 75 %" in text["ko"]


@pytest.mark.parametrize("name", ["engineering-summary", "product-summary"])
def test_a_summary_says_plainly_that_there_is_nothing_or_that_it_cannot_know(name):
    empty = worded(name, NOTHING)
    unmeasured = worded(name, replace(FIGURES, point=None))
    unreadable = worded(name, replace(FIGURES, point=None, unreadable=True))
    off = worded(name, replace(NOTHING, verdict=None))

    assert "Nothing was counted from 28 February 2026, 21:00 KST" in empty["en"]
    assert "집계된 내역이 없습니다" in empty["ko"]
    assert "P95" not in empty["en"].replace("P95 3.2 ms.", "")
    assert "no check was measured" in unmeasured["en"]
    assert "cannot be read" in unreadable["en"]
    assert "no check was measured" not in unreadable["en"]
    assert "Nothing is judged while the gates are off." in off["en"]


def test_support_is_told_what_the_step_means_and_where_the_answers_are():
    [support] = [one for one in THE_PLAN.announcements if one.name == "support-faq"]
    told = {one.step.name: WORDS.texts(one, THE_PLAN, None)["text"]["en"] for one in editions_of(support)}

    assert all("https://shop.example/faq" in text for text in told.values())
    assert "no sale is stopped" in told["shadow"]
    assert "It begins 4 March 2026, 21:00 KST at the earliest." in told["canary"]
    assert "50 % of the products" in told["half"]
    assert "Its date is not set yet." in told["full"]


def test_gaps_are_filled_once_and_what_fills_them_has_none():
    one = Announcement(
        name="a",
        audience="A",
        channels=(Way.EMAIL,),
        occasion=Occasion.ENTERED,
        message="{step} on {date}: {reason}. {no}",
    )
    change = replace(REACHED, reason="because of {date}\nand more.")
    texts = WORDS.texts(of_change(one, THE_PLAN, change), THE_PLAN, None)

    assert texts["text"]["en"] == "Canary rollout on 1 March 2026, 21:00 KST: because of {date} and more. {no}"
    assert texts["text"]["ko"].startswith("Canary rollout on 2026년 3월 1일")
