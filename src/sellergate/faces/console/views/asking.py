"""The forms of a seller: to ask for a product, and to answer what its supplier wants to know."""

from dataclasses import dataclass

from sellergate.domain.authorization import Authorization
from sellergate.domain.errors import CooldownActive, ProductLimitReached, SellergateError
from sellergate.faces.console.failures import sentence
from sellergate.faces.console.request_forms import JUSTIFICATION_MAX, JUSTIFICATION_MIN, RequestForm
from sellergate.faces.console.views.catalog import product_line
from sellergate.faces.console.views.standing import CATALOG, REQUESTS
from sellergate.faces.console.visit import Visit
from sellergate.services.shelf import Shelved


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestView:
    """The form, or why there is none: then `obstacle` says what stands in the way and `way_out` where to change that."""

    title: str
    address: str
    cancel: str
    product: str
    supplier: str
    least: int
    most: int
    justification: str
    volume: str
    error: str
    field: str
    question: str
    obstacle: str
    way_out: str
    warnings: list[str]
    send: str


def request_view(
    visit: Visit, shelved: Shelved, form: RequestForm | None = None, error: SellergateError | None = None
) -> RequestView:
    """The form to ask for a product; `error` is what was wrong with it as it was sent."""
    words, product = visit.words, shelved.standing.product
    obstacle = shelved.standing.obstacle if error is None else None
    warnings = [
        words.gettext("If the supplier says no, you can ask again after %(days)s days.", days=visit.parts.cooldown.days)
    ]
    if shelved.places.are_taken:
        warnings.insert(0, words.gettext("No slot is free now. The supplier can say yes once one is."))
    return RequestView(
        title=words.gettext("Request permission to sell"),
        address=f"{CATALOG}/{product.id}/request",
        cancel=CATALOG,
        product=product.name,
        supplier=product_line(visit, shelved).supplier,
        least=JUSTIFICATION_MIN,
        most=JUSTIFICATION_MAX,
        justification=form.justification if form else "",
        volume=form.volume if form else "",
        error="" if error is None else sentence(words, error),
        field=_field(error),
        question="",
        obstacle="" if obstacle is None else _why_not(visit, obstacle),
        way_out=REQUESTS if isinstance(obstacle, ProductLimitReached) else "",
        warnings=warnings,
        send=words.gettext("Send request"),
    )


def answer_view(
    visit: Visit,
    shelved: Shelved,
    record: Authorization,
    form: RequestForm | None = None,
    error: SellergateError | None = None,
) -> RequestView:
    """The form to answer a question: what was said before stands in it, to be completed."""
    words = visit.words
    said = form or RequestForm(
        justification=(record.business_justification or "")[:JUSTIFICATION_MAX],
        volume="" if record.expected_volume is None else str(record.expected_volume),
    )
    return RequestView(
        title=words.gettext("Answer the supplier"),
        address=f"{REQUESTS}/{record.id}/answer",
        cancel=f"{REQUESTS}/{record.id}",
        product=shelved.standing.product.name,
        supplier=product_line(visit, shelved).supplier,
        least=JUSTIFICATION_MIN,
        most=JUSTIFICATION_MAX,
        justification=said.justification,
        volume=said.volume,
        error="" if error is None else sentence(words, error),
        field=_field(error),
        question=record.note or "",
        obstacle="",
        way_out="",
        warnings=[words.gettext("Your request keeps its place among those that wait.")],
        send=words.gettext("Send answer"),
    )


def _field(error: SellergateError | None) -> str:
    return "" if error is None else str(error.facts.get("field", ""))


def _why_not(visit: Visit, obstacle: SellergateError) -> str:
    if isinstance(obstacle, ProductLimitReached):
        return visit.words.gettext(
            "All %(n)s of your product slots are in use. Take back a request that waits, and its slot is free at once.",
            n=visit.formats.number(obstacle.limit),
        )
    if isinstance(obstacle, CooldownActive):
        return visit.words.gettext("You can ask again from %(moment)s.", moment=visit.formats.moment(obstacle.until))
    return sentence(visit.words, obstacle)
