"""What a supplier's form decides, and about what: single requests, or everything that matches."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sellergate.domain.authorization import Action
from sellergate.domain.errors import InvalidInput, ReasonRequired
from sellergate.domain.identifiers import checked_id
from sellergate.faces.console.language import Words
from sellergate.faces.console.visit import Visit
from sellergate.services.inbox import InboxQuery

ACTIONS: Final = {action.value: action for action in (Action.APPROVE, Action.REJECT, Action.ASK_INFO)}
OTHER: Final = "5"
NOTE_MAX: Final = 400
"""With the sentence chosen before it, it is still a reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionForm:
    """A form as it was sent. With `everything`, `seen` says nothing and `as_of` is when the list was read."""

    action: Action
    seen: list[tuple[str, int]]
    everything: bool
    as_of: datetime | None
    preset: str
    note: str
    key: str

    @property
    def needs_words(self) -> bool:
        """Whether it is sent without what the seller is to be told: then people are asked for it."""
        return self.action is not Action.APPROVE and not (self.preset or self.note)

    def reason(self, words: Words) -> str | None:
        """What the seller is told. Raises InvalidInput and ReasonRequired."""
        if self.action is Action.APPROVE:
            return None
        if len(self.note) > NOTE_MAX:
            raise InvalidInput(words.gettext("A note may have at most %(n)s characters.", n=NOTE_MAX), field="note")
        if self.action is Action.ASK_INFO or self.preset in ("", OTHER):
            return self.note
        chosen = dict(presets(words)).get(self.preset)
        if chosen is None:
            raise ReasonRequired("Choose one of the reasons.", field="preset")
        return f"{chosen} {self.note}".strip()


def presets(words: Words) -> list[tuple[str, str]]:
    """The reasons one can choose from, by the digit that chooses them; the last asks for a note."""
    return [
        ("1", words.gettext("This product has no free seller slots.")),
        ("2", words.gettext("The track record is below our minimum.")),
        ("3", words.gettext("It conflicts with another sales channel.")),
        ("4", words.gettext("The justification is too thin to decide on.")),
        (OTHER, words.gettext("Other (write a note)")),
    ]


def form_of(visit: Visit) -> DecisionForm:
    """The form that was sent: a row's own button counts before what is ticked. Raises InvalidInput."""
    own = next((name for name in ACTIONS if visit.sent(name)), None)
    action = own or visit.sent("action")
    if action not in ACTIONS:
        raise InvalidInput("action must be approve, reject or ask-info.", field="action")
    everything = own is None and visit.sent("all") == "1"
    tokens = [visit.sent(own)] if own else visit.form.get("id", [])
    return DecisionForm(
        action=ACTIONS[action],
        seen=[] if everything else [_seen(token) for token in dict.fromkeys(tokens)],
        everything=everything,
        as_of=_moment(visit.sent("as_of")) if everything else None,
        preset=visit.sent("preset"),
        note=visit.sent("note"),
        key=visit.sent("key"),
    )


def _seen(token: str) -> tuple[str, int]:
    id, _, version = token.partition("@")
    if not version.isdecimal() or len(version) > 9:
        raise InvalidInput("A request is named by its id and version.", field="id")
    return checked_id(id, "id"), int(version)


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise InvalidInput("as_of must say when the list was read.", field="as_of")
    return moment


def query_sent(visit: Visit) -> InboxQuery:
    """Which list it was. Raises InvalidInput for none."""
    given = {name: visit.sent(name) for name in ("view", "q", "product", "tier") if visit.sent(name)}
    try:
        return InboxQuery.of_texts({"view": "waiting", **given})
    except ValueError as error:
        raise InvalidInput("There is no such list.", field="view") from error
