"""Sellers' tiers, by name."""

from dataclasses import dataclass

from sellergate.domain.directory import Tier
from sellergate.faces.console.language import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class TierOption:
    """One choice of a filter by tier."""

    value: str
    label: str
    is_chosen: bool


def tier_label(words: Words, tier: Tier) -> str:
    """What a tier is called."""
    return {
        Tier.BRONZE: words.gettext("Bronze"),
        Tier.SILVER: words.gettext("Silver"),
        Tier.GOLD: words.gettext("Gold"),
        Tier.PLATINUM: words.gettext("Platinum"),
    }[tier]


def tiers(words: Words, chosen: Tier | None) -> list[TierOption]:
    """All of them, the highest first."""
    return [
        TierOption(value=tier.value, label=tier_label(words, tier), is_chosen=tier is chosen) for tier in reversed(Tier)
    ]
