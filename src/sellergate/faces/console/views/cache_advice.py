"""What is advised about the life of cached answers, in people's words."""

from sellergate.domain.cache_advice import CHECKS_NEEDED, WORTH_IT, Advice, CacheAdvice
from sellergate.faces.console.formats import NOTHING
from sellergate.faces.console.views.reports import ReportFigure
from sellergate.faces.console.visit import Visit


def advice_figures(visit: Visit, found: CacheAdvice) -> list[ReportFigure]:
    """The advice, and what it was made of."""
    words, formats, reuse = visit.words, visit.formats, found.reuse
    unknown = found.advice is Advice.NOT_ENOUGH_DATA
    return [
        ReportFigure(
            label=words.gettext("Answered from memory"),
            value=formats.percent(reuse.hit_rate),
            note=words.gettext("of %(number)s checks", number=formats.number(reuse.checks)),
        ),
        ReportFigure(
            label=words.gettext("Answers that had run out"),
            value=formats.number(reuse.run_out),
            note=words.gettext("of %(number)s misses", number=formats.number(reuse.misses)),
        ),
        ReportFigure(label=words.gettext("They live"), value=formats.span(found.now), note=""),
        ReportFigure(
            label=words.gettext("Advised"),
            value=NOTHING if unknown else formats.span(found.life),
            note=_sentence(visit, found),
        ),
    ]


def _sentence(visit: Visit, found: CacheAdvice) -> str:
    words, formats = visit.words, visit.formats
    if found.advice is Advice.LONGER:
        return words.gettext(
            "at least %(share)s of checks more would be answered from memory", share=formats.percent(found.gain)
        )
    if found.advice is Advice.KEEP:
        return words.gettext(
            "no longer life would answer %(share)s of checks more from memory", share=formats.percent(WORTH_IT)
        )
    return words.gettext("not enough data: %(number)s checks are needed", number=formats.number(CHECKS_NEEDED))
