"""The rules of auto-approval as their form shows them, and what they would do."""

from dataclasses import dataclass
from typing import Final

from sellergate.domain.policy import AutoApproval, SupplierPolicy
from sellergate.faces.console.views.backtests import BackTestView, spans
from sellergate.faces.console.views.requests import FilterOption
from sellergate.faces.console.views.tiers import tiers
from sellergate.faces.console.visit import Visit
from sellergate.services.policies import DryRun

ADDRESS: Final = "/s/rules"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One choice of what is approved without a person."""

    value: str
    label: str
    meaning: str
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesView:
    """The form; `tried` says what the policy in it would do now, `past` what it would have done; both are empty until it was tried.

    `version` is that of the policy the form was made from. Where others have set it since, the form `is_outdated`: what was
    sent is shown with the version in force, so that who saves it once more knows what they replace.
    """

    rules: list[Rule]
    tiers: list[FilterOption]
    trusted: str
    places: str
    differing: int
    tried: str
    looked_at: str
    spans: list[FilterOption]
    past: BackTestView | None
    version: str
    is_outdated: bool


def rules_view(
    visit: Visit,
    policy: SupplierPolicy,
    dry_run: DryRun | None,
    past: BackTestView | None,
    *,
    is_outdated: bool = False,
) -> RulesView:
    """The form as it was sent, or as the policy in force has it."""
    sent, words = visit.form, visit.words
    rule = visit.sent("rule") if sent else policy.auto_approval.value
    tier = visit.sent("minimum_tier") if sent else (policy.minimum_tier or "")
    places = visit.sent("places") if sent else str(policy.max_sellers_per_product or "")
    return RulesView(
        rules=_rules(visit, rule),
        tiers=[
            FilterOption(value=each.value, label=each.label, is_chosen=each.value == tier)
            for each in tiers(words, None)
        ],
        trusted=visit.sent("trusted") if sent else "\n".join(sorted(policy.trusted_sellers)),
        places=places,
        differing=sum(each.auto_approval is not None for each in policy.products.values()),
        tried="" if dry_run is None else _tried(visit, dry_run),
        version=visit.sent("version") if sent and not is_outdated else str(policy.version),
        is_outdated=is_outdated,
        looked_at="" if dry_run is None or dry_run.looked_at == dry_run.waiting else _looked_at(visit, dry_run),
        spans=spans(visit),
        past=past,
    )


def _rules(visit: Visit, chosen: str) -> list[Rule]:
    words = visit.words
    said = {
        AutoApproval.MANUAL: (words.gettext("No request"), words.gettext("Every request waits for a person.")),
        AutoApproval.TRUSTED: (
            words.gettext("Those of trusted sellers"),
            words.gettext("Sellers of at least a tier, and those you list."),
        ),
        AutoApproval.ALL: (
            words.gettext("All requests at once"),
            words.gettext("As long as the product has free seller slots."),
        ),
    }
    return [
        Rule(value=rule.value, label=label, meaning=meaning, is_chosen=rule.value == chosen)
        for rule, (label, meaning) in said.items()
    ]


def _tried(visit: Visit, dry_run: DryRun) -> str:
    number = visit.formats.number
    return visit.words.gettext(
        "Would approve %(n)s of %(m)s now.", n=number(dry_run.would_approve), m=number(dry_run.looked_at)
    )


def _looked_at(visit: Visit, dry_run: DryRun) -> str:
    return visit.words.gettext(
        "Only the oldest were looked at; %(n)s wait in all.", n=visit.formats.number(dry_run.waiting)
    )
