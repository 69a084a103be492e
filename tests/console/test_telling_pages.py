"""Operators see what could not be delivered and send it after all, and what will be announced before anybody is told."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import telling
from browsing import PHONE, overflows
from house import a_house
from playwright.sync_api import expect

from sellergate.domain.messages import Channel
from sellergate.domain.notices import Audience
from sellergate.ports.queries import PageRequest

SELLERS = 60


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    with a_house(tmp_path_factory.mktemp("telling"), sellers=SELLERS, **telling.PLACES) as house:
        yield house


@pytest.fixture
def no_notices(house):
    """Nothing of the tests before."""
    with house.store.work() as work:
        for id in telling.dead(house):
            message = work.messages.get(id)
            work.messages.save(message, message.retried(datetime.now(UTC)))


def rows(tab):
    return tab.page.locator("table.dead tbody > tr")


def count_beside(tab):
    return tab.page.locator("#live-o-notices")


# ---- What could not be delivered


def test_without_any_the_page_says_what_that_means_and_the_sidebar_counts_nothing(signed_in, no_notices):
    tab = signed_in("operator")
    tab.open("/o/notices")

    expect(tab.page.get_by_role("heading", name="Every message has been delivered")).to_be_visible()
    expect(count_beside(tab)).to_have_text("")


def test_each_says_whom_it_was_for_what_it_told_and_why_it_failed(signed_in, house, no_notices):
    facts = {"subject": {"en": "It begins", "ko": "시작합니다"}, "text": {"en": "It begins.", "ko": "시작합니다."}}
    telling.give_up(house, 26, minutes_ago=200)
    telling.give_up(house, 1, Channel.CHAT, kind="announcement", facts=facts)
    tab = signed_in("admin")
    tab.open("/o/notices")

    expect(count_beside(tab)).to_have_text("27")
    expect(rows(tab)).to_have_count(25)
    chat, mail = rows(tab).nth(0).inner_text(), rows(tab).nth(1).inner_text()
    for part in ("phase9-rollout", "Announcement", "It begins", "Chat or pager", "did not answer within 10 s"):
        assert part in chat
    for part in (
        "Onnuri Home 26",
        "seller-026@shop.test",
        "Request approved",
        "E-mail",
        "no such user here",
        "3 h ago",
    ):
        assert part in mail
    expect(tab.page.get_by_text("this server sends nothing by it")).to_have_count(2)

    tab.page.get_by_role("link", name="Next page").click()
    tab.page.wait_for_url(re.compile("after="))  # with its scripts: without them choosing a channel asks nobody
    expect(rows(tab)).to_have_count(2)
    tab.page.get_by_label("Channel", exact=True).select_option("chat")
    expect(rows(tab)).to_have_count(1)
    assert tab.path == "/o/notices?channel=chat"


@pytest.mark.parametrize("javascript", [True, False])
def test_one_is_sent_after_all(house, tabs, no_notices, javascript):
    first, second = telling.give_up(house, 2)
    tab = tabs(house.url, javascript=javascript).sign_in("operator")
    tab.open("/o/notices")
    tab.page.get_by_role("button", name=re.compile("Send again Onnuri Home 2")).click()

    expect(tab.page.get_by_role("status").first).to_have_text("1 message is sent again.")
    expect(count_beside(tab)).to_have_text("1")
    assert telling.dead(house) == [first]
    assert second in telling.waiting(house)


def test_chosen_ones_are_sent_and_who_was_slower_is_told_so(signed_in, house, no_notices):
    first, second, third = telling.give_up(house, 3)
    tab = signed_in("operator")
    tab.open("/o/notices")
    button = tab.page.get_by_role("button", name="Send the chosen ones again")
    button.click()
    expect(tab.page.get_by_text("No message was chosen. Nothing was changed.")).to_be_visible()

    tab.page.get_by_label(re.compile("Onnuri Home 2")).check()
    tab.page.get_by_label(re.compile("달빛마켓 3")).check()
    house.call("operator", "POST", f"/api/admin/dropshipping/notices/{third}/retry")
    button.click()

    expect(tab.page.get_by_text("1 message is sent again. 1 was not: somebody else was faster")).to_be_visible()
    assert telling.dead(house) == [first]
    assert {second, third} <= telling.waiting(house)


def test_all_of_a_channel_are_sent_once_their_number_is_confirmed(signed_in, house, no_notices):
    telling.give_up(house, 30)
    [chat] = telling.give_up(house, 1, Channel.CHAT)
    tab = signed_in("operator")
    tab.open("/o/notices?channel=email")
    tab.page.get_by_role("link", name="Send all 30 again…").click()
    dialog = tab.page.locator("#dlg")
    expect(dialog.get_by_role("heading")).to_have_text("Send 30 messages again?")
    assert len(telling.dead(house)) == 31
    dialog.get_by_role("button", name="Send again").click()

    expect(tab.page.get_by_text("30 messages are sent again.")).to_be_visible()
    expect(tab.page.get_by_text("Nothing by this channel was given up")).to_be_visible()
    assert telling.dead(house) == [chat]


def test_the_number_in_the_sidebar_is_kept_current(signed_in, house, no_notices):
    tab = signed_in("operator")
    tab.open("/o/plan")
    expect(count_beside(tab)).to_have_text("")
    telling.give_up(house, 2)

    expect(count_beside(tab)).to_have_text("2")


def test_on_a_phone_in_korean_everything_is_there_and_nothing_is_too_wide(signed_in, house, no_notices):
    telling.give_up(house, 2)
    tab = signed_in("operator", viewport=PHONE, language="ko-KR")
    for path in ("/o/notices", "/o/announcements", "/o/announcements/sellers-launch/preview?step=canary"):
        tab.open(path)
        assert not overflows(tab), path
    expect(tab.page.get_by_role("heading", name="새로운 판매 승인 제도가 시작됩니다")).to_be_visible()
    tab.open("/o/notices")
    tab.page.get_by_role("button", name="다시 보내기 Onnuri Home 2").click()
    expect(tab.page.get_by_text("메시지 1건을 다시 보냅니다.")).to_be_visible()


# ---- What will be announced


def foretold(tab):
    return tab.page.locator("#told-of")


def line_of(tab, name, about=""):
    return tab.page.locator("table.recs tbody > tr").filter(has_text=name).filter(has_text=about)


def set_date(tab, step, text):
    line = tab.page.locator("#dates tbody > tr").filter(has_text=step)
    line.locator("input[type=datetime-local]").fill(text)
    line.get_by_role("button", name=re.compile("^Set")).click()
    return line


def test_what_a_promotion_sends_to_everybody_is_said_before_it_is_made(signed_in, house):
    tab = signed_in("operator")
    tab.open("/o/announcements")
    expect(foretold(tab)).to_contain_text(f"Promoting to Shadow sends this at once, to {SELLERS + 1} recipients:")
    expect(foretold(tab)).to_contain_text(f"sellers-launch: every seller ({SELLERS})")
    expect(foretold(tab)).to_contain_text("suppliers-launch: every supplier (1)")
    expect(foretold(tab)).to_contain_text("engineering-updates: phase9-rollout")

    tab.open("/o/rollout")
    tab.page.get_by_role("link", name="Promote to Shadow…").click()
    expect(tab.page.locator("dialog[open] #told-of")).to_contain_text(f"every seller ({SELLERS})")


def test_a_date_keeps_the_promotion_from_telling_at_once_until_it_is_cleared(house, tabs):
    tab = tabs(house.url, javascript=False).sign_in("operator")
    tab.expect("422")
    tab.open("/o/announcements")
    assert "Nobody has set a date for canary." in tab.page.locator("#dates").inner_text()
    set_date(tab, "Canary", "2020-01-01T10:00")
    expect(tab.page.get_by_role("alert")).to_be_visible()
    set_date(tab, "Canary", "")
    expect(tab.page.get_by_role("alert")).to_have_text("A date and a time are needed.")

    year = (datetime.now(UTC) + timedelta(days=370)).year
    line = set_date(tab, "Canary", f"{year}-05-12T10:00")
    expect(tab.page.get_by_role("status").first).to_contain_text("12 May")
    expect(line).to_contain_text(f"12 May {year}, 10:00 KST")
    expect(line.locator("input[type=datetime-local]")).to_have_value(f"{year}-05-12T10:00")
    expect(line_of(tab, "sellers-launch", "Waiting")).to_contain_text(f"9 May {year}, 10:00 KST")
    expect(foretold(tab)).not_to_contain_text("every seller")

    line.get_by_role("button", name=re.compile("^Clear")).click()
    expect(line).to_contain_text("Not scheduled")
    expect(foretold(tab)).to_contain_text("every seller")


def test_it_is_looked_at_sent_once_its_number_is_confirmed_and_kept_as_it_was_sent(signed_in, house):
    tab = signed_in("operator")
    tab.open("/o/announcements")
    line_of(tab, "sellers-launch").get_by_role("link", name=re.compile("Preview")).click()
    expect(tab.page.locator(".wording[lang=en]")).to_contain_text("Request access to products from suppliers.")
    expect(tab.page.locator(".wording[lang=ko]")).to_contain_text("새로운 판매 승인 제도가 시작됩니다.")
    tab.page.get_by_role("link", name="Send now…").click()
    dialog = tab.page.locator("#dlg")
    expect(dialog.get_by_role("heading")).to_have_text(f"Send to {SELLERS} recipients now?")
    dialog.get_by_role("button", name=f"Send to {SELLERS} recipients").click()

    expect(tab.page.get_by_text(f"sellers-launch: to {SELLERS} recipients.")).to_be_visible()
    expect(line_of(tab, "sellers-launch")).to_contain_text("Sent")
    expect(foretold(tab)).not_to_contain_text("sellers-launch")
    with house.store.view() as view:
        [notice] = view.notices.inbound(Audience.SELLER, "seller-001", PageRequest()).items
    assert notice.notice.facts["subject"]["en"] == "New authorization system launching"

    tab.page.get_by_role("link", name="What was sent").click()
    tab.page.locator("details > summary").first.click()
    expect(tab.page.locator(".wording[lang=en]").first).to_contain_text("New authorization system launching")
    expect(tab.page.get_by_text(f"to {SELLERS} recipients").first).to_be_visible()


def test_what_was_sent_is_sent_again_only_by_somebody_who_was_told_so_and_once(signed_in, house):
    house.call("operator", "POST", "/api/admin/dropshipping/announcements/suppliers-launch/send", {"step": "canary"})
    tab, other = signed_in("operator"), signed_in("admin")
    for each in (tab, other):
        each.open("/o/announcements/suppliers-launch/send?step=canary")
        expect(each.page.get_by_text("This sends it once more.")).to_be_visible()
    tab.page.get_by_role("button", name="Send to 1 recipient").click()
    expect(tab.page.get_by_text("suppliers-launch: to 1 recipient.")).to_be_visible()
    other.expect("422")
    other.page.get_by_role("button", name="Send to 1 recipient").click()

    expect(other.page.get_by_role("alert")).to_contain_text("was sent on")
    with house.store.view() as view:
        sent = view.announcements.list(PageRequest(100)).items
    assert len([one for one in sent if one.name == "suppliers-launch"]) == 2


def test_what_has_not_happened_can_be_looked_at_but_not_sent(signed_in):
    tab = signed_in("operator")
    tab.open("/o/announcements/rolled-back/preview")
    expect(tab.page.get_by_text("this is how it would read")).to_be_visible()
    tab.page.get_by_role("link", name="Send now…").click()

    expect(tab.page.locator("#dlg").get_by_text("so it cannot be sent")).to_be_visible()
    expect(tab.page.locator("#dlg").get_by_role("button", name=re.compile("Send to"))).to_have_count(0)


def test_summaries_can_be_read_before_they_are_sent(signed_in):
    tab = signed_in("operator")
    for name in ("engineering-updates", "product-summary"):
        tab.open(f"/o/announcements/{name}/preview")
        expect(tab.page.locator(".wording[lang=en]")).to_contain_text("The rollout is at off.")


def test_where_nothing_is_sent_by_itself_the_page_says_so(tmp_path, tabs):
    with a_house(tmp_path, sellers=2, **telling.PLACES, SELLERGATE_ANNOUNCE="false") as quiet:
        tab = tabs(quiet.url, javascript=False).sign_in("operator")
        tab.open("/o/announcements")
        expect(tab.page.get_by_text("SELLERGATE_ANNOUNCE is off")).to_be_visible()
        expect(foretold(tab)).to_contain_text("Nothing is sent by itself here.")
