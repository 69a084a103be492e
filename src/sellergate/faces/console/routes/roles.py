"""Who may sell at all: approving people as sellers, suspending, reactivating, and revoking the role for good."""

from collections.abc import Callable

from starlette.responses import Response

from sellergate.domain.directory import Seller, Tier
from sellergate.domain.errors import ConcurrentChange, InvalidInput, InvalidStatus, SellerNotFound
from sellergate.domain.identifiers import Role, checked_id
from sellergate.faces.console.failures import sentence
from sellergate.faces.console.pages import Pages
from sellergate.faces.console.views.directory import DIRECTORY
from sellergate.faces.console.views.entries import ReasonView
from sellergate.faces.console.views.tiers import tiers
from sellergate.faces.console.visit import Visit

pages = Pages(Role.ADMIN)

SELLERS = f"{DIRECTORY}/sellers"
REFUSALS = (InvalidInput, InvalidStatus, ConcurrentChange)


@pages.get(f"{DIRECTORY}/approve")
def ask_whom(visit: Visit) -> Response:
    """The form to approve somebody as a seller."""
    return _approving(visit)


def _approving(visit: Visit, error: str = "", status: int = 200) -> Response:
    tier = next((each for each in Tier if each.value == visit.sent("tier")), Tier.BRONZE)
    context = {"tiers": tiers(visit.words, tier), "user_id": visit.sent("user"), "error": error}
    return visit.answer("directory/approve.html", "directory/_approve.html", status=status, **context)


@pages.post(f"{DIRECTORY}/approve")
def approve_role(visit: Visit) -> Response:
    """This person is a seller, of this tier; one the directory does not know is entered."""
    try:
        tier = Tier(visit.sent("tier"))
        seller = visit.parts.people.approve_role(visit.actor, checked_id(visit.sent("user"), "userId"), tier)
    except ValueError:
        return _approving(visit, visit.words.gettext("Choose a tier."), 422)
    except InvalidInput:
        return _approving(visit, visit.words.gettext("A user id has 1 to 64 characters of A-Z a-z 0-9 . _ : -"), 422)
    except SellerNotFound:
        told = visit.words.gettext(
            "Another seller has this id, and is another user. Enter this person in the directory under an id of their own."
        )
        return _approving(visit, told, 422)
    except (InvalidStatus, ConcurrentChange) as error:
        return _approving(visit, sentence(visit.words, error), 422)
    return visit.go(f"{SELLERS}/{seller.id}")


@pages.post(f"{SELLERS}/{{id}}/reactivate")
def reactivate(visit: Visit, id: str) -> Response:
    """The suspension ends."""
    seller = _seller(visit, id)
    visit.parts.people.reactivate(visit.actor, seller.id)
    return visit.go(f"{SELLERS}/{seller.id}")


@pages.get(f"{SELLERS}/{{id}}/suspend")
def ask_to_suspend(visit: Visit, id: str) -> Response:
    """What suspending means, and the form."""
    return _reason_page(visit, _suspending(visit, _seller(visit, id)))


@pages.post(f"{SELLERS}/{{id}}/suspend")
def suspend(visit: Visit, id: str) -> Response:
    """Every gate denies this seller from the next check on."""
    return _switched(visit, _seller(visit, id), visit.parts.people.suspend, _suspending)


@pages.get(f"{SELLERS}/{{id}}/revoke")
def ask_to_revoke_role(visit: Visit, id: str) -> Response:
    """What revoking the role means, and the form."""
    return _reason_page(visit, _revoking(visit, _seller(visit, id)))


@pages.post(f"{SELLERS}/{{id}}/revoke")
def revoke_role(visit: Visit, id: str) -> Response:
    """This person is no seller any more. Their id has to be typed."""
    seller = _seller(visit, id)
    if visit.sent("confirm") != seller.id:
        told = visit.words.gettext("Type the id exactly as it is shown.")
        return _reason_page(visit, _revoking(visit, seller, told), status=422)
    return _switched(visit, seller, visit.parts.people.revoke_role, _revoking)


def _seller(visit: Visit, id: str) -> Seller:
    return visit.parts.directory.seller(checked_id(id, "id"))


def _switched(
    visit: Visit, seller: Seller, verb: Callable[..., Seller], again: Callable[[Visit, Seller, str], ReasonView]
) -> Response:
    try:
        verb(visit.actor, seller.id, visit.sent("reason"))
    except REFUSALS as error:
        return _reason_page(visit, again(visit, seller, sentence(visit.words, error)), status=422)
    return visit.go(f"{SELLERS}/{seller.id}")


def _reason_page(visit: Visit, view: ReasonView, status: int = 200) -> Response:
    return visit.answer("directory/reason.html", "directory/_reason.html", view=view, status=status)


def _suspending(visit: Visit, seller: Seller, error: str = "") -> ReasonView:
    words = visit.words
    return ReasonView(
        title=words.gettext("Suspend %(name)s", name=seller.name),
        address=f"{SELLERS}/{seller.id}/suspend",
        back=f"{SELLERS}/{seller.id}",
        about=seller.id,
        warning=words.gettext(
            "Every sale of this seller stops at once. Their approvals stay and work again once they are reactivated."
        ),
        confirm="",
        reason=visit.sent("reason"),
        typed="",
        error=error,
        send=words.gettext("Suspend"),
    )


def _revoking(visit: Visit, seller: Seller, error: str = "") -> ReasonView:
    words = visit.words
    return ReasonView(
        title=words.gettext("Revoke the role of %(name)s", name=seller.name),
        address=f"{SELLERS}/{seller.id}/revoke",
        back=f"{SELLERS}/{seller.id}",
        about=seller.id,
        warning=words.gettext(
            "Every approval is revoked and every open request cancelled. There is no undo: this person can never sell here again."
        ),
        confirm=seller.id,
        reason=visit.sent("reason"),
        typed=visit.sent("confirm"),
        error=error,
        send=words.gettext("Revoke the role for good"),
    )
