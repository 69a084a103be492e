"""The plan's announcements reach everybody once: by real mail, whoever looks, and whoever is killed while telling."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from control_world import a_window
from post import Post
from shop import ADMIN, ANNA, OPERATOR

from builders import NOON, THE_PLAN, a_seller
from sellergate.domain.announcements import EditionState
from sellergate.domain.denials import DenialCount, DenialKey
from sellergate.domain.directory import SellerStatus
from sellergate.domain.errors import AnnouncementNotFound, InvalidInput, InvalidStatus
from sellergate.domain.preferences import Locale
from sellergate.domain.rollout import Phase, RolloutState
from sellergate.ports.queries import PageRequest
from sellergate.services import telling_everybody
from sellergate.services.audiences import Places, whom
from sellergate.services.outbox import Outbox
from sellergate.services.telling_everybody import TellingEverybody

DAY = timedelta(days=1)
REASON = "It is time for this."
PLACES = Places(
    mails={
        "engineering-team": ["eng@shop.test"],
        "support-team": ["support@shop.test"],
        "leadership": ["boss@shop.test"],
        "partners": ["partner@shop.test", "other@shop.test"],
    },
    chats=frozenset({"ops", "phase9-rollout", "product", "engineering"}),
    mail=True,
)
ENVIRONMENT = RolloutState(phase=Phase.OFF)


@pytest.fixture
def post(store, mail, receiver):
    return Post(store, mail, receiver, plan=THE_PLAN, places=PLACES, environment=ENVIRONMENT)


@pytest.fixture
def quick(memory_store, mail, receiver):
    return Post(memory_store, mail, receiver, plan=THE_PLAN, places=PLACES, environment=ENVIRONMENT)


def promote(post, **facts):
    post.shop.rollouts.promote(OPERATOR, REASON, override=True, **facts)


def announced(post):
    return post.shop.announcing.history(PageRequest(100)).items


def names(post):
    return Counter(one.name for one in announced(post))


def planned(post, name, step=None):
    found = [one for one in post.shop.announcing.agenda() if one.edition.announcement.name == name]
    return next(one for one in found if step is None or (one.edition.step and one.edition.step.name == step))


def test_everybody_is_told_three_days_before_phase_1_once_by_real_mail(post):
    shop = post.shop
    promote(post)  # into shadow, for three days
    assert shop.announcing.run() > 0
    assert shop.announcing.run() == 0
    post.tell()
    shop.wait(hours=1)  # the suppliers' digest
    post.tell()

    assert post.mail.by_recipient() == {
        **dict.fromkeys(("anna@shop.test", "ben@shop.test", "acme@shop.test", "zeta@shop.test"), 1),
        **dict.fromkeys(("partner@shop.test", "other@shop.test", "support@shop.test"), 1),
        "boss@shop.test": 1,
        "ops@shop.test": 1,  # that the phase has changed
    }
    mails = {mail["To"]: mail for mail in post.mail.mails}
    text = mails["anna@shop.test"].get_body(("plain",)).get_content()
    launch = "New authorization system launching. Request access to products from suppliers."
    assert text.splitlines()[:3] == [launch, "", "-- "]
    assert "New authorization system launching" in mails["anna@shop.test"].get_body(("html",)).get_content()
    assert "별도의 조치는 필요하지 않습니다" in mails["partner@shop.test"].get_body(("plain",)).get_content()
    assert "https://shop.test/faq" in mails["support@shop.test"].get_body(("plain",)).get_content()
    assert mails["boss@shop.test"]["Subject"] == "Seller authorization: Shadow mode has begun"
    inbound = shop.notifications.inbound(ANNA, PageRequest()).items
    assert [one.notice.kind for one in inbound] == ["announcement"]


def test_what_was_announced_is_kept_as_it_was_sent(quick):
    promote(quick)
    quick.shop.announcing.run()
    [launch] = [one for one in announced(quick) if one.name == "sellers-launch"]

    assert (launch.by, launch.told, launch.step, launch.places) == ("system", 2, "canary", ("every seller",))
    assert (launch.at, launch.begins_at, launch.done_at) == (NOON, NOON + 3 * DAY, NOON)
    assert launch.texts["text"]["en"].startswith("New authorization system launching.")
    [partners] = [one for one in announced(quick) if one.name == "partners-launch"]
    assert (partners.told, partners.places) == (2, ("email:partner@shop.test", "email:other@shop.test"))


def test_of_workers_that_look_at_the_same_time_each_edition_is_told_by_one(post):
    promote(post)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: post.shop.announcing.run(), range(4)))
    post.tell()

    assert set(names(post).values()) == {1}
    told = post.mail.by_recipient()
    assert {to: told[to] for to in ("anna@shop.test", "support@shop.test", "partner@shop.test")} == {
        "anna@shop.test": 1,
        "support@shop.test": 1,
        "partner@shop.test": 1,
    }


class Killed(BaseException):
    """A process that is gone in the middle of a portion."""


@pytest.mark.parametrize("killed_at", [1, 2, 3])
def test_who_is_killed_while_telling_is_gone_on_from_and_nobody_is_told_twice(post, monkeypatch, killed_at):
    monkeypatch.setattr(telling_everybody, "PORTION", 2)
    for number in range(5):
        post.add_seller(f"s-{number}")
    promote(post)
    portions = []
    tell = Outbox.announce

    def announce(self, *portion):
        told = tell(self, *portion)
        portions.append(told)
        if len(portions) == killed_at:
            raise Killed
        return told

    monkeypatch.setattr(Outbox, "announce", announce)
    with pytest.raises(Killed):
        post.shop.announcing.run()
    assert planned(post, "sellers-launch").state is EditionState.SENDING
    post.shop.announcing.run()
    post.tell()

    sellers = ["anna", "ben", *(f"s-{number}" for number in range(5))]
    told = post.mail.by_recipient()
    assert {id: told[f"{id}@shop.test"] for id in sellers} == dict.fromkeys(sellers, 1)
    [launch] = [one for one in announced(post) if one.name == "sellers-launch"]
    assert (launch.told, launch.done_at) == (7, NOON)


def test_two_who_go_on_from_the_same_place_tell_each_recipient_once(post, monkeypatch):
    monkeypatch.setattr(telling_everybody, "PORTION", 1)
    promote(post)
    monkeypatch.setattr(TellingEverybody, "finish", lambda _, announced: announced)  # nobody gets further than begun
    post.shop.announcing.run()
    monkeypatch.undo()
    monkeypatch.setattr(telling_everybody, "PORTION", 1)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: post.shop.announcing.run(), range(4)))
    post.tell()

    told = post.mail.by_recipient()
    assert (told["anna@shop.test"], told["ben@shop.test"]) == (1, 1)
    [launch] = [one for one in announced(post) if one.name == "sellers-launch"]
    assert (launch.told, launch.done_at is not None) == (2, True)


def test_who_may_not_sell_is_not_invited(quick):
    quick.add_seller("cleo")
    quick.shop.people.suspend(ADMIN, "cleo", "Complaints of many customers.")
    promote(quick)
    quick.shop.announcing.run()
    quick.tell()

    assert quick.mail.by_recipient()["cleo@shop.test"] == 0
    assert quick.mail.by_recipient()["anna@shop.test"] == 1


def test_without_a_date_nothing_is_sent_and_that_is_seen(quick):
    assert quick.shop.announcing.run() == 0
    launch = planned(quick, "sellers-launch")

    assert (launch.state, launch.edition.due_at) == (EditionState.NOT_SCHEDULED, None)
    assert launch.edition.why == "Nobody has set a date for canary."


def test_a_date_that_somebody_sets_is_kept_and_followed(quick):
    announcing, shop = quick.shop.announcing, quick.shop
    begins_at = NOON + 10 * DAY
    assert announcing.schedule(OPERATOR, "canary", begins_at).at == begins_at

    shop.wait(days=7, seconds=-1)
    assert announcing.run() == 0
    assert planned(quick, "sellers-launch").state is EditionState.SCHEDULED
    shop.wait(seconds=1)
    announcing.run()
    assert names(quick)["sellers-launch"] == 1
    assert announcing.schedule(OPERATOR, "canary", begins_at + 10 * DAY).at == begins_at + 10 * DAY
    shop.wait(days=10)
    announcing.run()
    assert names(quick)["sellers-launch"] == 1  # a new date is no new announcement


def test_a_date_is_taken_back(quick):
    announcing = quick.shop.announcing
    announcing.schedule(OPERATOR, "canary", NOON + 10 * DAY)

    assert announcing.schedule(OPERATOR, "canary", None).at is None
    assert planned(quick, "sellers-launch").state is EditionState.NOT_SCHEDULED


@pytest.mark.parametrize(
    ("step", "begins_at", "refusal", "why"),
    [
        ("half-way", NOON + DAY, InvalidInput, "no step half-way; what there is: shadow, canary, half, full"),
        ("canary", NOON, InvalidInput, "has passed"),
        (
            "full",
            NOON + DAY,
            InvalidInput,
            "Tue-Thu 02:00-04:00 Asia/Seoul only, after that moment next at 2026-03-02 17:00",
        ),
        ("shadow", NOON + DAY, InvalidStatus, "shadow has begun"),
    ],
)
def test_a_date_that_cannot_be_is_refused(quick, step, begins_at, refusal, why):
    promote(quick)

    with pytest.raises(refusal, match=why):
        quick.shop.announcing.schedule(OPERATOR, step, begins_at)


def test_leadership_and_engineers_hear_of_a_rollback_once(quick):
    promote(quick)
    quick.shop.announcing.run()
    quick.shop.rollouts.rollback(OPERATOR, "Errors everywhere in the shop.")
    for _ in range(2):
        quick.shop.announcing.run()

    told = names(quick)
    assert (told["rolled-back"], told["leadership-rolled-back"]) == (1, 1)
    [back] = [one for one in announced(quick) if one.name == "rolled-back"]
    assert back.places == ("chat:phase9-rollout",)
    assert back.texts["text"]["en"] == (
        "@channel Phase 9 rolled back due to Errors everywhere in the shop. "
        "Authorization gates DISABLED. Investigating..."
    )


def test_summaries_have_the_figures_of_their_time_and_nothing_else(post):
    """Noon is nine in the evening in Seoul: the day ends three hours later."""
    shop = post.shop
    promote(post)
    for at in (NOON - DAY, NOON + timedelta(minutes=5), NOON + timedelta(hours=2), NOON + timedelta(hours=4)):
        with post.store.work() as work:
            work.windows.put("gate-1", [a_window(at, checks=1_000, errors=10, slow=0, misses=40)])
    shop.workflow.request(ANNA, "a-1")
    shop.approved(product="a-2")
    with post.store.work() as work:
        for minute in (NOON, NOON + timedelta(hours=4)):
            key = DenialKey(minute, "anna", "a-1", "cart", "ERR_SELLER_NOT_AUTHORIZED")
            work.denials.add([DenialCount(key=key, count=7, first_seen=minute, last_seen=minute)])
    shop.wait(hours=12)  # nine in the morning
    shop.announcing.run()

    [summary] = [one for one in announced(post) if one.name == "engineering-summary"]
    text = summary.texts["text"]["en"]
    assert "Counted from 1 March 2026, 00:00 KST to 2 March 2026, 00:00 KST" in text
    assert "- Gate: 2,000 checks" in text
    assert "- Errors: 1 % of the checks" in text
    assert "- Requests: 2; approved 1, rejected 0, revoked 0" in text
    assert "- Denied by enforcement: 7, of 1 sellers" in text
    assert "- Changes of the rollout: 1" in text
    assert "Now 1 requests wait for an answer; the most, 1, at acme." in text
    assert summary.places == ("email:eng@shop.test",)
    [weekly] = [one for one in announced(post) if one.name == "product-summary"]  # 2 March is a Monday
    assert "from 23 February 2026, 00:00 KST to 2 March 2026, 00:00 KST" in weekly.texts["text"]["en"]
    assert "- Gate: 3,000 checks" in weekly.texts["text"]["en"]
    shop.wait(hours=1)
    shop.announcing.run()
    assert names(post)["engineering-summary"] == 1


def test_a_preview_sends_nothing_and_is_what_would_be_sent(quick):
    announcing = quick.shop.announcing
    previews = {one.name: announcing.preview(one.name) for one in THE_PLAN.announcements}

    assert announced(quick) == []
    assert all(preview.texts["text"].keys() == set(Locale) for preview in previews.values())
    assert "The reason will stand here" in previews["rolled-back"].texts["text"]["en"]
    assert previews["support-faq"].edition.step.name == "shadow"
    assert announcing.preview("support-faq", "full").edition.step.name == "full"
    promote(quick)
    announcing.run()
    [launch] = [one for one in announced(quick) if one.name == "sellers-launch"]
    assert launch.texts == previews["sellers-launch"].texts


def test_what_a_promotion_will_announce_is_said_before_it_with_how_many_it_reaches(quick):
    announcing = quick.shop.announcing
    with quick.store.work() as work:
        work.directory.put_seller(a_seller("cora", status=SellerStatus.SUSPENDED))
    foretold = announcing.of_promotion()
    reach = {one.edition.announcement.name: one.whom.reach(announcing.people()) for one in foretold}

    assert {name: reach[name] for name in ("sellers-launch", "suppliers-launch", "partners-launch")} == {
        "sellers-launch": 2,
        "suppliers-launch": 2,
        "partners-launch": 2,
    }
    at_once = {one.edition.key for one in foretold if one.state is EditionState.DUE}
    promote(quick)
    announcing.run()
    assert {one.key for one in announced(quick)} == at_once
    assert {one.name: one.told for one in announced(quick)}.items() <= reach.items()


def test_what_was_sent_by_hand_is_not_said_to_come_of_a_promotion(quick):
    quick.shop.announcing.send(OPERATOR, "sellers-launch")

    names = {one.edition.announcement.name for one in quick.shop.announcing.of_promotion()}
    assert "suppliers-launch" in names
    assert "sellers-launch" not in names


def test_the_same_form_sent_twice_tells_everybody_once_more_and_not_twice(quick):
    announcing = quick.shop.announcing
    announcing.send(OPERATOR, "sellers-launch")
    known = len(announcing.preview("sellers-launch").tellings)

    announcing.send(OPERATOR, "sellers-launch", again=True, after=known)
    with pytest.raises(InvalidStatus, match="was sent on"):
        announcing.send(OPERATOR, "sellers-launch", again=True, after=known)
    announcing.send(OPERATOR, "sellers-launch", again=True, after=known + 7)
    assert len(announcing.preview("sellers-launch").tellings) == 3


def test_what_is_sent_by_hand_is_not_sent_again_by_itself(quick):
    announcing = quick.shop.announcing
    sent = announcing.send(OPERATOR, "sellers-launch")
    assert (sent.by, sent.told) == ("operator-1", 2)
    promote(quick)
    announcing.run()
    assert names(quick)["sellers-launch"] == 1

    with pytest.raises(InvalidStatus, match=r"was sent on 2026-03-01 12:00 UTC by operator-1"):
        announcing.send(OPERATOR, "sellers-launch")
    for _ in range(2):
        quick.tell()
        quick.shop.wait(hours=1)  # the same within an hour is not mailed again
        assert announcing.send(OPERATOR, "sellers-launch", again=True).told == 2
    quick.tell()
    assert quick.mail.by_recipient()["anna@shop.test"] == 3


@pytest.mark.parametrize(
    ("name", "step", "refusal", "why"),
    [
        ("no-such", None, AnnouncementNotFound, "no announcement no-such"),
        ("sellers-launch", "half", InvalidInput, "not about the step half"),
        ("rolled-back", "canary", InvalidInput, "not about the step canary"),
        ("support-faq", "nowhere", InvalidInput, "no step nowhere"),
        ("support-faq", "shadow", InvalidStatus, "shadow has begun"),
        ("rolled-back", None, InvalidStatus, "Nothing has happened lately"),
    ],
)
def test_what_cannot_be_sent_is_refused(quick, name, step, refusal, why):
    promote(quick)

    with pytest.raises(refusal, match=why):
        quick.shop.announcing.send(OPERATOR, name, step)
    assert announced(quick) == []


def test_whom_nobody_can_reach_is_said_and_told_once_they_can_be(memory_store, mail, receiver):
    post = Post(memory_store, mail, receiver, plan=THE_PLAN, environment=ENVIRONMENT, places=Places(mail=True))
    promote(post)
    post.shop.announcing.run()
    support = planned(post, "support-faq", "canary")

    assert support.state is EditionState.DUE
    assert support.whom.missing == (
        "There is no e-mail address of support-team: add support-team=ADDRESS to SELLERGATE_ANNOUNCE_EMAILS.",
    )
    with pytest.raises(InvalidStatus, match="SELLERGATE_ANNOUNCE_EMAILS"):
        post.shop.announcing.send(OPERATOR, "support-faq")
    assert set(names(post)) == {"sellers-launch", "suppliers-launch"}


@pytest.mark.parametrize(
    ("name", "places", "missing"),
    [
        ("engineering-updates", ("chat:phase9-rollout",), ()),
        ("engineering-summary", ("email:eng@shop.test",), ()),
        ("product-summary", ("chat:product",), ()),
        ("support-faq", ("email:support@shop.test",), ()),
        ("leadership-milestones", ("email:boss@shop.test",), ()),
        ("sellers-launch", ("every seller",), ()),
        ("suppliers-launch", ("every supplier",), ()),
        ("partners-launch", ("email:partner@shop.test", "email:other@shop.test"), ()),
        ("full-rollout", ("chat:engineering",), ()),
    ],
)
def test_each_audience_is_reached_where_the_plan_and_the_settings_say(name, places, missing):
    [one] = [one for one in THE_PLAN.announcements if one.name == name]
    reached = whom(one, PLACES, "Asia/Seoul")

    assert (reached.places, reached.missing) == (places, missing)
    outside = name == "partners-launch"
    assert {address.locale for address in reached.addresses} <= {Locale.KO if outside else Locale.EN}
    assert not whom(one, Places(), "UTC").addresses
    assert whom(one, Places(), "UTC").missing or reached.everybody
