"""axe finds nothing wrong in what opens on a page: dialogs, the bar of a selection, toasts, what slides in on a phone."""

import pytest
from looking import violations
from playwright.sync_api import expect
from shown import LANGUAGES, OPENED, a_lived_in_house, open_on


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    with a_lived_in_house(tmp_path_factory.mktemp("house")) as house:
        yield house


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("what", OPENED)
def test_axe_finds_nothing_in_what_is_open(readers, what, language):
    who, *_, opened = OPENED[what]
    tab = readers(who, language)
    shown = open_on(tab, what)

    assert violations(tab, opened) == []
    expect(shown).to_be_visible()  # it was open all the time
