"""Chromium, driven: tabs that notice whatever a page should not do, the accessibility checker, and the weight of a page."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest

CHROMIUM = "/usr/bin/chromium"
AXE = Path(__file__).parents[2] / ".venv" / "node" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
NARROW = {"width": 320, "height": 720}

WITHIN = 15_000
"""Milliseconds a page may take to become what a test waits for; the machine may be busy."""

TELL_VIOLATIONS = """
document.addEventListener('securitypolicyviolation', (e) => console.error(`CSP: ${e.violatedDirective} ${e.blockedURI} ${e.sample}`));
"""


class Tab:
    """One browser window with one page. `problems` is what went wrong in it that no test has asked for.

    `expected` are patterns of messages a test provokes. `page` is Playwright's.
    """

    def __init__(self, context, base):
        self.base = base
        self.context = context
        self.problems = []
        self.expected = []
        context.set_default_timeout(WITHIN)
        context.add_init_script(TELL_VIOLATIONS)
        context.route(lambda url: not url.startswith(base), self._refuse)
        self.page = context.new_page()
        self.page.on("console", lambda message: message.type in ("error", "warning") and self._note(message.text))
        self.page.on("pageerror", lambda error: self._note(f"{error}"))

    def _refuse(self, route):
        if urlsplit(route.request.url).scheme in ("http", "https"):
            self.problems.append(f"asked another host: {route.request.url}")
        route.abort()

    def _note(self, text):
        self.problems.append(text)

    def expect(self, *patterns):
        """A test provokes messages like these."""
        self.expected.extend(patterns)

    def unexpected(self):
        return [text for text in self.problems if not any(re.search(pattern, text) for pattern in self.expected)]

    def open(self, path):
        """Go there; the answer is Playwright's response."""
        return self.page.goto(self.base + path, wait_until="load")

    def sign_in(self, who):
        self.open(f"/demo/sign-in/{who}")
        return self

    @property
    def path(self):
        parts = urlsplit(self.page.url)
        return f"{parts.path}?{parts.query}" if parts.query else parts.path

    def focused(self):
        """What has the focus, as a short text."""
        return self.page.evaluate("() => document.activeElement?.id || document.activeElement?.tagName.toLowerCase()")


def open_tab(browser, base, *, viewport=None, language="en-GB", theme="light", bypass_csp=False, javascript=True):
    context = browser.new_context(
        viewport=viewport or DESKTOP,
        locale=language,
        timezone_id="UTC",
        color_scheme=theme,
        bypass_csp=bypass_csp,
        java_script_enabled=javascript,
        reduced_motion="reduce",
    )
    return Tab(context, base)


def accessibility_violations(tab):
    """What axe has to say of the page as it is now. The tab must not enforce our policy, or axe cannot get in."""
    if not AXE.exists():
        pytest.fail("axe-core is not installed: make .venv/.installed-test")
    if not tab.page.evaluate("() => Boolean(window.axe)"):
        tab.page.add_script_tag(path=AXE)
    found = tab.page.evaluate(
        "(rules) => axe.run(document, {runOnly: {type: 'tag', values: rules}, resultTypes: ['violations']})", RULES
    )
    return [
        f"{violation['id']}: {violation['help']} at {', '.join(str(node['target']) for node in violation['nodes'][:5])}"
        for violation in found["violations"]
    ]


def weight(browser, base, who, path):
    """Bytes over the wire for everything a page loads with an empty cache, and how many requests."""
    tab = open_tab(browser, base).sign_in(who)
    tab.page.goto("about:blank")
    client = tab.context.new_cdp_session(tab.page)
    client.send("Network.enable")
    client.send("Network.setCacheDisabled", {"cacheDisabled": True})
    sizes = {}
    client.on("Network.loadingFinished", lambda event: sizes.update({event["requestId"]: event["encodedDataLength"]}))
    tab.page.goto(base + path, wait_until="load")
    tab.page.evaluate("() => document.fonts.ready")
    tab.page.wait_for_function("() => document.body.dataset.liveState === 'on' || !document.body.dataset.live")
    tab.context.close()
    return sum(sizes.values()), len(sizes)


def overflows(tab):
    """Whether the page can be scrolled sideways."""
    return tab.page.evaluate("() => document.documentElement.scrollWidth > document.documentElement.clientWidth")
