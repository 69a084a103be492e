"""Which requests a supplier lets be approved without a person."""

from datetime import timedelta

from starlette.responses import Response

from sellergate.domain.errors import InvalidInput, PolicyOutdated
from sellergate.domain.identifiers import Role
from sellergate.faces.console.failures import sentence
from sellergate.faces.console.pages import Pages
from sellergate.faces.console.policy_forms import policy_sent, version_sent
from sellergate.faces.console.views.backtests import AT_MOST, REVOKED_WITHIN, BackTestView, backtest_view, days_sent
from sellergate.faces.console.views.rules import ADDRESS, rules_view
from sellergate.faces.console.visit import Visit
from sellergate.services.policies import DryRun

pages = Pages(Role.SUPPLIER)


@pages.get(ADDRESS)
def rules(visit: Visit) -> Response:
    """The policy in force."""
    saved = visit.query.get("saved") == "1"
    return _page(visit, saved=saved)


@pages.post(ADDRESS)
def save(visit: Visit) -> Response:
    """Put the policy in force, for requests from now on."""
    try:
        policy = policy_sent(visit, visit.parts.policies.get(visit.actor))
        visit.parts.policies.put(visit.actor, policy, known=version_sent(visit))
    except PolicyOutdated as error:
        return _page(visit, outdated=True, status=error.status)
    except InvalidInput as error:
        return _page(visit, told=sentence(visit.words, error), status=422)
    return visit.go(f"{ADDRESS}?saved=1")


@pages.post(f"{ADDRESS}/try")
def try_out(visit: Visit) -> Response:
    """What the policy would do with the requests that wait now, and what it would have done lately; nothing is changed."""
    parts, days = visit.parts, days_sent(visit)
    try:
        policy = policy_sent(visit, parts.policies.get(visit.actor))
        dry_run = parts.policies.try_out(visit.actor, policy)
        past = parts.backtests.run(
            visit.actor, policy, requests=AT_MOST, span=timedelta(days=days), revoked_within=REVOKED_WITHIN
        )
    except InvalidInput as error:
        return _page(visit, told=sentence(visit.words, error), status=422)
    return _page(visit, dry_run=dry_run, past=backtest_view(visit, past, days))


def _page(
    visit: Visit,
    *,
    dry_run: DryRun | None = None,
    past: BackTestView | None = None,
    told: str = "",
    saved: bool = False,
    outdated: bool = False,
    status: int = 200,
) -> Response:
    view = rules_view(visit, visit.parts.policies.get(visit.actor), dry_run, past, is_outdated=outdated)
    return visit.page("rules/page.html", view=view, told=told, saved=saved, status=status)
