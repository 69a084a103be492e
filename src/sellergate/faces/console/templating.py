"""Templates: one environment a language, so that a template only says `_('…')`. A name nobody has given is an error."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from sellergate.faces.console.formats import Formats
from sellergate.faces.console.language import LANGUAGES, words_of
from sellergate.faces.console.static_files import StaticFiles

FOLDER: Final = Path(__file__).with_name("templates")
HTMX: Final = (
    '{"allowEval":false,"allowScriptTags":false,"includeIndicatorStyles":false,"selfRequestsOnly":true,"historyCacheSize":0,'
    '"responseHandling":[{"code":"204","swap":false},{"code":"[23]..","swap":true},{"code":"422","swap":true},'
    '{"code":"[45]..","swap":false,"error":true}]}'
)
"""What htmx must do without under our policy: it would inject a style sheet and evaluate texts."""


class Templates:
    """All templates in all languages."""

    def __init__(self, static: StaticFiles) -> None:
        self._environments = {language: _environment(language, static) for language in LANGUAGES}

    def render(self, language: str, template: str, context: Mapping[str, Any]) -> str:
        """The template's text."""
        return self._environments[language].get_template(template).render(context)


def _environment(language: str, static: StaticFiles) -> Environment:
    words = words_of(language)
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
    )
    # What the extension adds to the environment, it does not declare.
    environment.install_gettext_translations(words.translations, newstyle=True)  # type: ignore[attr-defined]
    environment.globals.update(Formats(words).names())
    environment.globals.update(language=language, static=static.address, htmx_config=HTMX)
    return environment
