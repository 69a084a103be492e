"""What people see when something went wrong: what it is, that nothing was changed, and what they can do."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from starlette.responses import Response

from sellergate.domain.errors import (
    AuthorizationCheckFailed,
    ConcurrentChange,
    FeatureNotEnabled,
    Forbidden,
    NotFound,
    RateLimited,
    SellergateError,
    StoreUnavailable,
    Unauthenticated,
)
from sellergate.faces.api.answers import as_refusal, log_failure
from sellergate.faces.console.addresses import SIGN_IN, local, role_of
from sellergate.faces.console.csrf import FormNotOurs
from sellergate.faces.console.language import Words
from sellergate.faces.console.visit import Visit
from sellergate.faces.problems import InternalError

TOAST: Final = "failure/toast.html"
PAGE: Final = "failure/page.html"


@dataclass(frozen=True, slots=True)
class Failure:
    """An error for people. `others` are accounts of theirs that may open this page."""

    status: int
    title: str
    text: str
    icon: str
    reference: str
    others: list[str]
    can_retry: bool


def answer(visit: Visit, error: Exception) -> Response:
    """The page of an error; to sign in first where that is what is missing. One that nobody foresaw is logged."""
    known = as_refusal(error)
    if isinstance(known, InternalError):
        log_failure(error, method=visit.request.method, path=visit.path)
    if isinstance(known, Unauthenticated):
        return visit.go(sign_in_address(visit))
    failure = failure_of(visit, known)
    if visit.is_fragment:
        return visit.html(visit.render(TOAST, failure=failure), status=known.status)
    return visit.page(PAGE, failure=failure, status=known.status)


def sign_in_address(visit: Visit) -> str:
    """Where to sign in, and come back from to this page if it is one to come back to."""
    wanted = visit.address if visit.request.method == "GET" and not visit.is_fragment else None
    back = local(wanted)
    return SIGN_IN if back is None else f"{SIGN_IN}?{urlencode({'return': back})}"


def failure_of(visit: Visit, error: SellergateError) -> Failure:
    """The error for people, in their language."""
    title, text, icon = _said(visit.words, error)
    return Failure(
        status=error.status,
        title=title,
        text=text,
        icon=icon,
        reference=visit.request.state.request_id,
        others=_others(visit) if isinstance(error, Forbidden) else [],
        can_retry=isinstance(error, StoreUnavailable | ConcurrentChange | RateLimited | InternalError),
    )


def _others(visit: Visit) -> list[str]:
    role = role_of(visit.path)
    accounts = () if visit.session is None or role is None else visit.session.person.accounts
    return [account.key for account in accounts if account.role is role]


def _said(words: Words, error: SellergateError) -> tuple[str, str, str]:
    """Title, text and icon."""
    if isinstance(error, FeatureNotEnabled):
        return (
            words.gettext("Not open yet"),
            words.gettext("The rollout has not opened these pages yet. Come back once it has."),
            "calendar-clock",
        )
    if isinstance(error, AuthorizationCheckFailed | StoreUnavailable):
        return (
            words.gettext("Not available at the moment"),
            words.gettext("The database cannot be reached. Nothing was changed. Try again in a moment."),
            "wifi-off",
        )
    if isinstance(error, Forbidden):
        return words.gettext("Not for this account"), sentence(words, error), "shield"
    if isinstance(error, NotFound):
        return words.gettext("Nothing here"), sentence(words, error), "file-search"
    if isinstance(error, InternalError):
        return (
            words.gettext("Something went wrong"),
            words.gettext("The error is on our side. Whoever runs this console finds it by the reference below."),
            "circle-alert",
        )
    return words.gettext("That did not work"), sentence(words, error), "circle-alert"


def sentence(words: Words, error: SellergateError) -> str:
    """What an error says, in people's language; one without a translation says it in English."""
    said = {
        "ERR_INSUFFICIENT_PERMISSIONS": words.gettext("This page or action is not for the account you act as."),
        "ERR_NOT_FOUND": words.gettext("There is nothing at this address."),
        "ERR_AUTHORIZATION_NOT_FOUND": words.gettext("There is no such request, or it is not yours."),
        "ERR_RATE_LIMITED": words.gettext("That was too much at once. Wait a moment and try again."),
        "ERR_DUPLICATE_AUTHORIZATION": words.gettext("There is already a request for this product."),
        "ERR_INVALID_STATUS": words.gettext("Somebody else has decided meanwhile."),
        "ERR_PRODUCT_CAPACITY_REACHED": words.gettext("This product has no free seller slots."),
        "ERR_PRODUCT_LIMIT_REACHED": words.gettext("All product slots of this seller are in use."),
        "ERR_TOO_LATE_TO_UNDO": words.gettext("It is too late to undo this: the decision has been carried out."),
        "ERR_REASON_REQUIRED": words.gettext("A reason of 10 to 500 characters is needed."),
    }
    if isinstance(error, FormNotOurs):
        return words.gettext("This form is too old, or another site has sent it. Nothing was changed. Try again.")
    return said.get(error.code, str(error))
