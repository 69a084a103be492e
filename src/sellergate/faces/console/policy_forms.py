"""A supplier's policy as a form sends it."""

from dataclasses import replace
from typing import Final

from sellergate.domain.directory import Tier
from sellergate.domain.errors import InvalidInput
from sellergate.domain.identifiers import SellerId, checked_id
from sellergate.domain.policy import AutoApproval, SupplierPolicy
from sellergate.faces.console.visit import Visit

LISTED_MAX: Final = 10_000
PLACES_MAX: Final = 1_000_000
DIGITS_MAX: Final = 9


def policy_sent(visit: Visit, before: SupplierPolicy) -> SupplierPolicy:
    """The policy of the form; what single products do differently stays as it was. Raises InvalidInput."""
    return replace(
        before,
        auto_approval=_rule(visit),
        minimum_tier=_tier(visit),
        trusted_sellers=_trusted(visit),
        max_sellers_per_product=_places(visit),
    )


def version_sent(visit: Visit) -> int:
    """The version of the policy that the form was made from. Raises InvalidInput."""
    sent = visit.sent("version")
    if not (sent.isascii() and sent.isdecimal()):
        told = visit.words.gettext("This form is too old, or another site has sent it. Nothing was changed. Try again.")
        raise InvalidInput(told, field="version")
    return int(sent[:DIGITS_MAX])


def _rule(visit: Visit) -> AutoApproval:
    try:
        return AutoApproval(visit.sent("rule"))
    except ValueError:
        raise InvalidInput(visit.words.gettext("Choose which requests are approved."), field="rule") from None


def _tier(visit: Visit) -> Tier | None:
    sent = visit.sent("minimum_tier")
    try:
        return Tier(sent) if sent else None
    except ValueError:
        raise InvalidInput(visit.words.gettext("There is no such tier."), field="minimum_tier") from None


def _trusted(visit: Visit) -> frozenset[SellerId]:
    names = visit.sent("trusted").split()
    if len(names) > LISTED_MAX:
        raise InvalidInput(visit.words.gettext("At most %(n)s sellers can be listed.", n=LISTED_MAX), field="trusted")
    try:
        return frozenset(SellerId(checked_id(name, "trusted")) for name in names)
    except InvalidInput:
        told = visit.words.gettext("Write the ids of sellers, one in a line.")
        raise InvalidInput(told, field="trusted") from None


def _places(visit: Visit) -> int | None:
    sent = visit.sent("places")
    if not sent:
        return None
    if not (sent.isascii() and sent.isdecimal()) or not 1 <= int(sent[:DIGITS_MAX]) <= PLACES_MAX:
        raise InvalidInput(visit.words.gettext("Seller slots are a number from 1 to 1,000,000."), field="places")
    return int(sent)
