"""How the marketplace lives with authorizations, in figures."""

from datetime import timedelta

from starlette.responses import Response

from sellergate.domain.identifiers import Role
from sellergate.faces.console.csv_text import csv_file, csv_lines
from sellergate.faces.console.pages import Pages
from sellergate.faces.console.views.cache_advice import advice_figures
from sellergate.faces.console.views.reports import ADDRESS, DEFAULT, SPANS, report_view
from sellergate.faces.console.visit import Visit
from sellergate.faces.problems import NothingHere
from sellergate.faces.report_tables import (
    CACHE,
    COOLDOWNS,
    SUPPLIERS,
    TIERS,
    cache_row,
    cooldown_row,
    supplier_rows,
    tier_rows,
)

pages = Pages(Role.OPERATOR, Role.ADMIN)


@pages.get(ADDRESS)
def reports(visit: Visit) -> Response:
    """The last days, as many as the address says."""
    days = _days(visit)
    report = visit.parts.reports.lately(timedelta(days=days))
    cache = visit.parts.cache_advising.report(report.since, report.until)
    advice = advice_figures(visit, cache.advice)
    return visit.page("reports/page.html", view=report_view(visit, report, days), advice=advice)


@pages.get(f"{ADDRESS}/{{name}}.csv")
def export(visit: Visit, name: str) -> Response:
    """One of the tables, with the figures themselves."""
    report = visit.parts.reports.lately(timedelta(days=_days(visit)))
    if name == "suppliers":
        names = visit.parts.naming.of(suppliers=(each.activity.supplier_id for each in report.suppliers))
        return csv_file("suppliers.csv", iter([csv_lines([SUPPLIERS, *supplier_rows(report, names)])]))
    if name == "tiers":
        return csv_file("tiers.csv", iter([csv_lines([TIERS, *tier_rows(report)])]))
    if name == "cooldowns":
        return csv_file("cooldowns.csv", iter([csv_lines([COOLDOWNS, cooldown_row(report)])]))
    if name == "cache":
        cache = visit.parts.cache_advising.report(report.since, report.until)
        return csv_file("cache.csv", iter([csv_lines([CACHE, cache_row(cache)])]))
    raise NothingHere


def _days(visit: Visit) -> int:
    given = visit.query.get("days", "")
    return next((days for days in SPANS if str(days) == given), DEFAULT)
