"""What the settings make of announcements: who looks, and which chats are told."""

import pytest

from sellergate.domain.messages import Channel
from sellergate.settings import ConfigurationError, load_settings
from sellergate.wiring import assemble, prepare_database
from sellergate.wiring.announcing import announcing_jobs, places_of
from sellergate.wiring.telling import couriers_of

CHATS = {"SELLERGATE_ANNOUNCE_CHAT_URLS": "product=json://127.0.0.1:1/product"}


def notices(**environ):
    return load_settings(environ).notices


@pytest.fixture
def assembly(tmp_path):
    settings = load_settings(
        {"DATABASE_URL": f"sqlite:///{tmp_path / 'shop.db'}", "SELLERGATE_ANNOUNCE_FAQ": "the FAQ"}
    )
    prepare_database(settings)
    with assemble(settings, following=False) as assembly:
        yield assembly


def test_the_process_that_leads_looks_and_the_others_do_not(assembly, monkeypatch):
    looked = []
    monkeypatch.setattr(type(assembly.announcing), "run", lambda _: looked.append(1) or 3)
    leads = [False, True]
    [job] = announcing_jobs(assembly.settings.notices, assembly.announcing, leads=lambda: leads.pop(0))

    assert [job.run(), job.run()] == [False, 3]
    assert looked == [1]
    assert announcing_jobs(notices(SELLERGATE_ANNOUNCE="false"), assembly.announcing, leads=lambda: True) == []


def test_support_reads_where_the_answers_are(assembly):
    assert "the FAQ" in assembly.announcing.preview("support-faq").texts["text"]["ko"]


def test_a_chat_for_announcements_is_told_by_the_same_courier_and_hears_nothing_else():
    settings = notices(**CHATS, SELLERGATE_ANNOUNCE_EMAILS="product-team=a@shop.test,b@shop.test")

    assert Channel.CHAT in couriers_of(settings)
    assert places_of(settings).chats == {"product"}
    assert places_of(settings).mails == {"product-team": ("a@shop.test", "b@shop.test")}


def test_a_name_of_two_chats_is_refused_by_its_variable():
    settings = notices(**CHATS, SELLERGATE_CHAT_URLS="product=json://127.0.0.1:1/all")

    with pytest.raises(ConfigurationError, match="SELLERGATE_ANNOUNCE_CHAT_URLS"):
        couriers_of(settings)
