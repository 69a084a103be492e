"""The business reports, as JSON or as CSV."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from sellergate.domain.identifiers import Role
from sellergate.domain.reports import BusinessReport
from sellergate.faces.api.guard import guarded
from sellergate.faces.api.parts import Parts, PartsDep
from sellergate.faces.api.schemas.reports import (
    CacheRowOut,
    CooldownRowOut,
    ReportFilters,
    RowOut,
    SummaryOut,
    SupplierRowOut,
    TableFilters,
    TableOut,
    TierRowOut,
)
from sellergate.faces.csv_answers import MEDIA_TYPE, csv_text, wants_csv
from sellergate.faces.report_tables import (
    Cell,
    cache_row,
    cooldown_row,
    summary,
    supplier_rows,
    tier_rows,
)
from sellergate.services.cache_advising import CacheReport

router = APIRouter(
    prefix="/api/admin/dropshipping/reports", tags=["reports"], route_class=guarded(Role.OPERATOR, Role.ADMIN)
)

_CSV: dict[int | str, dict[str, Any]] = {200: {"content": {MEDIA_TYPE: {"schema": {"type": "string"}}}}}


@router.get("/summary")
def report_summary(query: Annotated[ReportFilters, Query()], parts: PartsDep) -> SummaryOut:
    """The figures of all suppliers and tiers together."""
    report = _report(query, parts)
    return SummaryOut.model_validate({"since": report.since, "until": report.until, **summary(report)}, by_alias=True)


@router.get("/suppliers", response_model=TableOut[SupplierRowOut], responses=_CSV)
def report_suppliers(query: Annotated[TableFilters, Query()], request: Request, parts: PartsDep) -> Any:
    """How each supplier answers, those with the most decisions first: approval rate, response time, revocation rate."""
    report = _report(query, parts)
    names = parts.naming.of(suppliers=(each.activity.supplier_id for each in report.suppliers))
    return _table(query, request, report, supplier_rows(report, names), SupplierRowOut)


@router.get("/tiers", response_model=TableOut[TierRowOut], responses=_CSV)
def report_tiers(query: Annotated[TableFilters, Query()], request: Request, parts: PartsDep) -> Any:
    """How often the product limit refused sellers of each tier, the lowest first."""
    report = _report(query, parts)
    return _table(query, request, report, tier_rows(report), TierRowOut)


@router.get("/cooldowns", response_model=TableOut[CooldownRowOut], responses=_CSV)
def report_cooldowns(query: Annotated[TableFilters, Query()], request: Request, parts: PartsDep) -> Any:
    """What became of rejections whose cooldown ended: who asked again, and with what success."""
    report = _report(query, parts)
    return _table(query, request, report, [cooldown_row(report)], CooldownRowOut)


@router.get("/cache", response_model=TableOut[CacheRowOut], responses=_CSV)
def report_cache(query: Annotated[TableFilters, Query()], request: Request, parts: PartsDep) -> Any:
    """How long cached answers should live (`AUTHORIZATION_CACHE_TTL`), by how soon they were asked for again."""
    report = parts.cache_advising.report(*query.span(parts.now()))
    return _table(query, request, report, [cache_row(report)], CacheRowOut)


def _report(query: ReportFilters, parts: Parts) -> BusinessReport:
    return parts.reports.report(*query.span(parts.now()))


def _table(
    query: TableFilters,
    request: Request,
    report: BusinessReport | CacheReport,
    rows: Sequence[Sequence[Cell]],
    kind: type[RowOut],
) -> Any:
    if wants_csv(query.format, request.headers.get("accept", "")):
        return Response(csv_text([kind.columns, *rows]), media_type=f"{MEDIA_TYPE}; charset=utf-8")
    return {"since": report.since, "until": report.until, "items": [kind.of(row) for row in rows]}
