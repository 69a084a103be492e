"""Chromium, driven: tabs that notice whatever a page should not do, and the weight of a page."""

import re
from urllib.parse import urlsplit

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",  # Chromium refuses root with its sandbox on; what it is shown here is our own
    "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",  # there is no other host
]

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
        self.page = context.new_page()
        self._viewport = self.page.viewport_size
        self.page.on("request", self._see)  # a route would refuse it too, and keep the browser from caching anything
        self.page.on("console", lambda message: message.type in ("error", "warning") and self._note(message.text))
        self.page.on("pageerror", lambda error: self._note(f"{error}"))

    def _see(self, request):
        if urlsplit(request.url).scheme in ("http", "https") and not request.url.startswith(self.base):
            self.problems.append(f"asked another host: {request.url}")

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

    def sign_in(self, who, at=None):
        """Be this person, on their first page or on the one at `at`."""
        if at is None:
            self.open(f"/demo/sign-in/{who}")
        else:
            answer = self.context.request.get(f"{self.base}/demo/sign-in/{who}", max_redirects=0)
            assert answer.status == 303
            self.open(at)
        return self

    def cleared(self):
        """As a new one, but for what is cached: nobody is signed in, nothing is expected, the page is empty."""
        self.page.goto("about:blank")
        self.page.unroute_all()
        self.page.set_viewport_size(self._viewport)
        self.page.emulate_media(media="screen", color_scheme="light", reduced_motion="reduce")
        self.context.clear_cookies()
        self.problems.clear()
        self.expected.clear()
        return self

    @property
    def path(self):
        parts = urlsplit(self.page.url)
        return f"{parts.path}?{parts.query}" if parts.query else parts.path

    def focused(self):
        """What has the focus, as a short text."""
        return self.page.evaluate("() => document.activeElement?.id || document.activeElement?.tagName.toLowerCase()")


def open_tab(browser, base, *, viewport=None, language="en-GB", bypass_csp=False, javascript=True):
    """A tab in a context of its own."""
    context = browser.new_context(
        viewport=viewport or DESKTOP,
        locale=language,
        timezone_id="UTC",
        color_scheme="light",
        bypass_csp=bypass_csp,
        java_script_enabled=javascript,
        reduced_motion="reduce",
    )
    context.set_default_timeout(WITHIN)
    context.add_init_script(TELL_VIOLATIONS)
    return Tab(context, base)


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
