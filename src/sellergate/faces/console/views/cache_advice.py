"""What is advised about the life of cached answers, in people's words."""

from dataclasses import dataclass

from sellergate.domain.cache_advice import CHECKS_NEEDED, WORTH_IT, Advice, CacheAdvice
from sellergate.faces.console.visit import Visit


@dataclass(frozen=True, slots=True, kw_only=True)
class AdviceView:
    """The advice in a sentence, and the figures it was made of: label, value, note."""

    sentence: str
    figures: list[tuple[str, str, str]]


def advice_view(visit: Visit, found: CacheAdvice) -> AdviceView:
    """The card for people."""
    words, formats, reuse = visit.words, visit.formats, found.reuse
    return AdviceView(
        sentence=_sentence(visit, found),
        figures=[
            (
                words.gettext("Answered from memory"),
                formats.percent(reuse.hit_rate),
                words.gettext("of %(number)s checks", number=formats.number(reuse.checks)),
            ),
            (
                words.gettext("Answers that had run out"),
                formats.number(reuse.run_out),
                words.gettext("of %(number)s misses", number=formats.number(reuse.misses)),
            ),
            (words.gettext("They live"), formats.span(found.now), "AUTHORIZATION_CACHE_TTL"),
        ],
    )


def _sentence(visit: Visit, found: CacheAdvice) -> str:
    words, formats = visit.words, visit.formats
    if found.advice is Advice.LONGER:
        return words.gettext(
            "Let cached answers live %(life)s: at least %(share)s of checks more would be answered from memory.",
            life=formats.span(found.life),
            share=formats.percent(found.gain),
        )
    if found.advice is Advice.KEEP:
        return words.gettext(
            "Keep %(life)s: no longer life would answer %(share)s of checks more from memory.",
            life=formats.span(found.now),
            share=formats.percent(WORTH_IT),
        )
    return words.gettext(
        "Not enough data: %(number)s checks are needed to say how long cached answers should live.",
        number=formats.number(CHECKS_NEEDED),
    )
