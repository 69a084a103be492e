"""Every message has words in every language, and what others have written cannot change more than its place."""

from html.parser import HTMLParser

import pytest
from kinds import NAMES, every_notice, item_of

from builders import NOON, a_message, an_item
from sellergate.adapters.letters import Letters
from sellergate.adapters.letters.letters import MOST_LISTED, TEMPLATES
from sellergate.domain.messages import Channel
from sellergate.domain.notices import Kind
from sellergate.domain.preferences import Locale
from sellergate.ports.couriers import Undelivered

LETTERS = Letters()
NOTICES = every_notice()
VOID = {"meta", "br"}


class Balanced(HTMLParser):
    """Notes the elements; fails for what is opened and not closed."""

    def __init__(self):
        super().__init__()
        self.open, self.seen, self.text = [], set(), []

    def handle_starttag(self, tag, attrs):
        self.seen.add(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def read(html):
    page = Balanced()
    page.feed(html)
    assert page.open == []
    return page


def write(item, *more, **message):
    return LETTERS.write(a_message(**message), [item, *more])


def test_every_kind_is_written():
    assert {notice.kind for notice in NOTICES} == {kind.value for kind in Kind}
    for locale in Locale:
        names = {path.stem for path in (TEMPLATES / locale.value).glob("*.txt")}
        assert names == {kind.value for kind in Kind} | {"digest", "footer"}


@pytest.mark.parametrize("channel", Channel)
@pytest.mark.parametrize("locale", Locale)
@pytest.mark.parametrize("notice", NOTICES, ids=lambda notice: f"{notice.kind}-{notice.audience}")
def test_every_event_has_words_in_every_language_by_every_channel(notice, locale, channel):
    item = item_of(notice)
    letter = write(item, locale=locale, channel=channel)
    page = read(letter.html)

    assert letter.subject
    assert "\n" not in letter.subject
    assert len(letter.text.strip().splitlines()) >= 1
    assert "None" not in letter.subject + letter.text
    assert "{" not in letter.subject + letter.text
    for name in NAMES.values():
        if name in letter.text + letter.subject:
            assert name in "".join(page.text)  # and so it was escaped
    assert page.seen <= {"html", "head", "meta", "title", "body", "h1", "p", "blockquote", "ul", "li", "br"}
    assert letter.payload["type"] == notice.kind
    assert letter.payload["data"]["audience"] == notice.audience.value
    theirs = channel is Channel.EMAIL and notice.audience.value != "operator"
    assert (TEMPLATES.joinpath(locale.value, "footer.txt").read_text().strip() in letter.text) == theirs


def test_a_rejection_says_why_and_from_when_one_can_ask_again_in_the_recipients_zone():
    [rejected] = [notice for notice in NOTICES if notice.kind == "request.rejected"]
    korean = write(item_of(rejected), locale=Locale.KO)
    english = write(item_of(rejected), locale=Locale.EN, zone="America/New_York")

    assert "> The product pages are <b>not</b> good enough." in korean.text
    assert "2026년 3월 1일 22:00 KST부터 다시 요청하실 수 있습니다" in korean.text
    assert "You can ask for this product again from 1 March 2026, 08:00 EST." in english.text
    assert "&lt;b&gt;not&lt;/b&gt;" in korean.html
    assert "<blockquote" in korean.html


def test_a_variable_that_is_missing_is_an_error_and_no_empty_place():
    with pytest.raises(Undelivered, match="productName") as refused:
        write(an_item(facts={}))

    assert refused.value.final


@pytest.mark.parametrize("kind", ["no.such-kind", "../en/footer"])
def test_what_has_no_words_is_never_sent(kind):
    with pytest.raises(Undelivered) as refused:
        write(an_item(kind))

    assert refused.value.final


def test_a_name_cannot_begin_a_line_or_a_header():
    letter = write(an_item(facts={**an_item().facts, "productName": "Mug\r\nBcc: all@shop.test\n\n> said nobody"}))

    assert letter.subject == "You may sell Mug Bcc: all@shop.test > said nobody"
    assert "blockquote" not in letter.html


def test_a_digest_tells_many_things_in_one_letter():
    items = [an_item("request.submitted", facts={**an_item().facts, "sellerName": f"Seller {n}"}) for n in range(60)]
    letter = write(items[0], *items[1:], locale=Locale.KO)
    page = read(letter.html)

    assert letter.subject == "[요약] 새 알림 60건"
    assert letter.text.count("- 2026년 3월 1일 21:00 KST: [판매 요청] Seller") == MOST_LISTED
    assert "그 밖의 10건" in letter.text
    assert "li" in page.seen


def test_a_digest_of_one_thing_is_its_own_letter():
    assert write(an_item()).subject == "You may sell Mug"


def test_who_is_woken_is_said_by_what_has_happened():
    woken = {notice.kind for notice in NOTICES if write(item_of(notice)).wakes}

    assert woken == {"rollout.rolled-back", "rollout.verdict-changed", "inbox.backlog"}


def test_a_letter_is_the_same_at_every_attempt():
    message = a_message(created_at=NOON)

    assert LETTERS.write(message, [an_item()]) == LETTERS.write(message, [an_item()])
