"""Pictures of everything the console can show, for people to look at: `make pictures` puts them into var/pictures.

Their folders are language, theme and width; their names are who sees what.
"""

import re
import sys
import tempfile
from functools import cache
from itertools import product
from pathlib import Path

from browsing import ARGUMENTS, CHROMIUM, DESKTOP, open_tab
from page_walks import examples, filled
from playwright.sync_api import sync_playwright
from rich.progress import track
from shown import LANGUAGES, OPENED, a_lived_in_house, appearances, looked_at, open_on

from sellergate.logs import configure_logs
from sellergate.settings import LogSettings


def take(tab, folder, name, *, whole):
    """What the tab shows in each appearance: the whole page, or what the window shows of it."""
    tab.page.evaluate("() => document.fonts.ready")
    language = tab.page.locator("html").get_attribute("lang")
    for width, theme in appearances(tab):
        path = folder / f"{language}-{theme}-{width}" / f"{re.sub(r'[^a-z0-9]+', '-', name.lower()).strip('-')}.png"
        tab.page.screenshot(path=path, full_page=whole, animations="disabled")


def take_all(browser, house, folder):
    """Every page, and everything that opens on one."""
    ids = examples(house)

    @cache
    def tab_of(who, language):
        tab = open_tab(browser, house.url, language=language)
        return tab.sign_in(who) if who else tab

    for language, (who, route) in track([*product(LANGUAGES, looked_at())], "Pages"):
        tab = tab_of(who, language)
        tab.page.set_viewport_size(DESKTOP)
        tab.open(filled(route, ids))
        take(tab, folder, f"{who or 'stranger'}{route}", whole=True)
    for language, what in track([*product(LANGUAGES, OPENED)], "What opens on them"):
        who, *_ = OPENED[what]
        tab = tab_of(who, language)
        open_on(tab, what)
        take(tab, folder, f"{who} {what}", whole=False)


if __name__ == "__main__":
    configure_logs(LogSettings(level="error"))
    with (
        tempfile.TemporaryDirectory() as home,
        a_lived_in_house(Path(home)) as house,
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS) as browser,
    ):
        take_all(browser, house, Path(sys.argv[1]))
