"""Approving requests of low risk: a filter, what it would do, and the very ones that were shown."""

from collections.abc import Mapping
from typing import Final

from pydantic import ValidationError
from starlette.responses import Response

from sellergate.domain.errors import InvalidInput
from sellergate.domain.identifiers import Role, checked_id
from sellergate.domain.low_risk import LowRisk
from sellergate.faces.api.schemas.bulk import LowRiskIn
from sellergate.faces.console.pages import Pages
from sellergate.faces.console.views.low_risk import LOW_RISK, approved_view, low_risk_view
from sellergate.faces.console.visit import Visit
from sellergate.ports.queries import PageRequest
from sellergate.services.low_risk import Shown

pages = Pages(Role.ADMIN)

AT_ONCE: Final = 100
FIELDS: Final = {"max_tier": "maxTier", "orders": "maxMonthlyOrders", "hours": "minAgeHours", "supplier": "supplierId"}
"""The filter's fields on the page, and in the API."""


@pages.get(LOW_RISK)
def low_risk(visit: Visit) -> Response:
    """The filter, and what of it would be approved. Nothing is looked for before something is asked."""
    given = {name: visit.query[name] for name in FIELDS if name in visit.query}
    if not given:
        return visit.page("authorizations/low_risk.html", view=low_risk_view(visit, given))
    try:
        page = visit.parts.low_risk.preview(_filter(given), PageRequest(AT_ONCE))
    except ValidationError:
        told = visit.words.gettext("Numbers are whole, 0 or more, and a supplier is named by its id.")
        view = low_risk_view(visit, given, error=told)
        return visit.page("authorizations/low_risk.html", view=view, status=422)
    return visit.page("authorizations/low_risk.html", view=low_risk_view(visit, given, page))


@pages.post(LOW_RISK)
def approve_low_risk(visit: Visit) -> Response:
    """Approve what was shown, as far as each still is as it was and still matches."""
    given = {name: visit.sent(name) for name in FIELDS if visit.sent(name)}
    shown = [_shown(token) for token in visit.form.get("shown", [])]
    try:
        results = visit.parts.low_risk.approve(visit.actor, _filter(given), shown)
    except ValidationError as error:
        raise InvalidInput("There is no such filter.", field="filter") from error
    return visit.page("authorizations/approved.html", view=approved_view(visit, results))


def _filter(given: Mapping[str, str]) -> LowRisk:
    """Raises ValidationError for what the API would refuse as well."""
    named = {FIELDS[name]: text for name, text in given.items()}
    return LowRiskIn.model_validate_strings(named, strict=False).low_risk()


def _shown(token: str) -> Shown:
    id, _, version = token.partition("@")
    if not version.isdecimal() or len(version) > 9:
        raise InvalidInput("A request is named by its id and version.", field="shown")
    return Shown(checked_id(id, "shown"), int(version))
