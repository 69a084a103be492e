"""What axe says of a page: in both themes, on a desk and on a phone, without loading it again."""

from pathlib import Path

import pytest
from shown import appearances

AXE = Path(__file__).parents[2] / ".venv" / "node" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS = ["color-contrast", "link-in-text-block"]
"""The rules of axe that read a colour: what a theme can break."""

ASKED = {"light": {"type": "tag", "values": RULES}, "dark": {"type": "rule", "values": COLOURS}}

PAGE = "html"
RUN = "([within, which]) => axe.run(within, {runOnly: which, resultTypes: ['violations']})"


def violations(tab, within=PAGE):
    """Everything axe finds wrong with what the tab shows, as (width, theme, what): nothing is loaded again in between.

    The tab must not enforce our policy, or axe cannot get in. A theme is colours and nothing else (a test holds it), so
    that in the second one only the rules of colours are asked. Of what is open on a page, `within`, the page around it is
    looked at once.
    """
    if not AXE.exists():
        pytest.fail("axe-core is not installed: make .venv/.installed-test")
    if not tab.page.evaluate("() => Boolean(window.axe)"):
        tab.page.add_script_tag(path=AXE)
    tab.page.evaluate("() => document.fonts.ready")
    found, where = [], PAGE
    for width, theme in appearances(tab):
        told = tab.page.evaluate(RUN, [where, ASKED[theme]])["violations"]
        found += [(width, theme, _said(each)) for each in told]
        where = within
    return found


def _said(violation):
    return (
        f"{violation['id']}: {violation['help']} at {', '.join(str(node['target']) for node in violation['nodes'][:5])}"
    )
