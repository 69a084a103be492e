"""The shadow report, as pages of JSON or as one CSV."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse

from sellergate.domain.gate import Stage
from sellergate.domain.identifiers import Role
from sellergate.faces.api.guard import guarded
from sellergate.faces.api.paging import Listing
from sellergate.faces.api.parts import PartsDep
from sellergate.faces.api.schemas.rollout import ShadowReportOut, ShadowRowOut, ShadowTotalsOut
from sellergate.faces.csv_answers import MEDIA_TYPE, csv_text, wants_csv
from sellergate.faces.wire import Id, UtcTime
from sellergate.ports.queries import Page, PageRequest, ShadowQuery
from sellergate.ports.stores import ShadowRow
from sellergate.services.shadow import ShadowReport

router = APIRouter(
    prefix="/api/admin/dropshipping/rollout", tags=["rollout"], route_class=guarded(Role.OPERATOR, Role.ADMIN)
)

A_PAGE = 100


class ShadowFilters(Listing):
    """Which denials; `supplierId` is the product's supplier."""

    seller_id: Id | None = None
    supplier_id: Id | None = None
    product_id: Id | None = None
    stage: Stage | None = None
    since: UtcTime | None = None
    format: Literal["json", "csv"] | None = None

    @property
    def question(self) -> ShadowQuery:
        """The question these filters put to the report."""
        return ShadowQuery(
            seller_id=self.seller_id,
            supplier_id=self.supplier_id,
            product_id=self.product_id,
            stage=self.stage and self.stage.value,
            since=self.since,
            page=self.page,
        )


@router.get(
    "/shadow-report",
    response_model=ShadowReportOut,
    responses={200: {"content": {MEDIA_TYPE: {"schema": {"type": "string"}}}}},
)
def shadow_report(query: Annotated[ShadowFilters, Query()], request: Request, parts: PartsDep) -> Any:
    """Who would have been denied what, most frequent first. As CSV: all of it, whatever the page."""
    if wants_csv(query.format, request.headers.get("accept", "")):
        whole = replace(query.question, page=PageRequest(A_PAGE))
        first = parts.shadow.search(whole)  # before the answer begins, while trouble can still be told
        return StreamingResponse(_csv(parts.shadow, whole, first), media_type=f"{MEDIA_TYPE}; charset=utf-8")
    totals = ShadowTotalsOut.model_validate(parts.shadow.totals(query.question), by_name=True)
    return query.answer(parts.shadow.search(query.question), ShadowRowOut.of, totals=totals)


def _csv(report: ShadowReport, query: ShadowQuery, page: Page[ShadowRow]) -> Iterator[str]:
    names = [field.alias or name for name, field in ShadowRowOut.model_fields.items()]
    yield csv_text([names])
    while True:
        rows = [ShadowRowOut.of(row).model_dump(mode="json") for row in page.items]
        yield csv_text([[row[name] for name in names] for row in rows])
        if page.next is None:
            return
        page = report.search(replace(query, page=PageRequest(A_PAGE, page.next)))
