"""What a seller writes when asking, or answering a question."""

from dataclasses import dataclass
from typing import Final

from pydantic import ValidationError

from sellergate.domain.errors import InvalidInput
from sellergate.faces.api.schemas.authorizations import RequestIn
from sellergate.faces.console.language import Words
from sellergate.faces.console.visit import Visit
from sellergate.faces.wire import NUMBER_MAX

JUSTIFICATION_MIN: Final = 20
JUSTIFICATION_MAX: Final = 500
"""People are asked for more than the API asks of programs, and for no more than is read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestForm:
    """The form as it was sent."""

    justification: str = ""
    volume: str = ""

    def checked(self, words: Words) -> RequestIn:
        """What it says. Raises InvalidInput with a sentence for people, naming the field."""
        if not JUSTIFICATION_MIN <= len(self.justification) <= JUSTIFICATION_MAX:
            told = words.gettext(
                "Write %(least)s to %(most)s characters. You wrote %(n)s.",
                least=JUSTIFICATION_MIN,
                most=JUSTIFICATION_MAX,
                n=len(self.justification),
            )
            raise InvalidInput(told, field="justification")
        if self.volume and not (self.volume.isascii() and self.volume.isdecimal() and int(self.volume) <= NUMBER_MAX):
            raise InvalidInput(words.gettext("Write a whole number, or leave it empty."), field="volume")
        volume = int(self.volume) if self.volume else None
        try:
            return RequestIn.model_validate({"businessJustification": self.justification, "expectedVolume": volume})
        except ValidationError as error:
            told = words.gettext("There is a character in it that cannot be stored.")
            raise InvalidInput(told, field="justification") from error


def request_form_of(visit: Visit) -> RequestForm:
    """The form that was sent. A browser sends two characters where somebody ended a line."""
    return RequestForm(justification=visit.sent("justification").replace("\r\n", "\n"), volume=visit.sent("volume"))
