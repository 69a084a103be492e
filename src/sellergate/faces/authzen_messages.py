"""OpenID AuthZEN 1.0, as far as it is ours: sellers, products and the stages of a sale. Unknown members are tolerated."""

from typing import Annotated, Final, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from sellergate.domain.errors import InvalidInput
from sellergate.domain.gate import GateAnswer, Stage
from sellergate.domain.identifiers import checked_id
from sellergate.faces.gate_messages import MOST_AT_ONCE, CheckAnswer
from sellergate.services.gate import Question

Semantic = Literal["execute_all", "deny_on_first_deny", "permit_on_first_permit"]

_STAGES: Final = frozenset(Stage)


class Entity(Struct, frozen=True):
    """A subject or a resource."""

    type: str
    id: str


class Act(Struct, frozen=True):
    """What the subject wants to do with the resource."""

    name: str


class Evaluation(Struct, frozen=True):
    """One question; in a batch, what it leaves out is taken from the batch."""

    subject: Entity | UnsetType = UNSET
    action: Act | UnsetType = UNSET
    resource: Entity | UnsetType = UNSET


class Options(Struct, frozen=True):
    """How far a batch goes."""

    evaluations_semantic: Semantic = "execute_all"


class Evaluations(Evaluation, frozen=True):
    """Several questions with what they have in common; without `evaluations` it is one question."""

    evaluations: Annotated[list[Evaluation], Meta(max_length=MOST_AT_ONCE)] | UnsetType = UNSET
    options: Options | UnsetType = UNSET

    def questions(self) -> list[Question]:
        """Every question of the batch. Raises InvalidInput."""
        return [question_of(one, self) for one in self.evaluations or []]

    @property
    def semantic(self) -> Semantic:
        """When the batch ends."""
        return self.options.evaluations_semantic if self.options else "execute_all"


class Decision(Struct, frozen=True):
    """Whether access is given, and our own answer as its context."""

    decision: bool
    context: CheckAnswer

    @classmethod
    def of(cls, answer: GateAnswer) -> "Decision":
        """The gate's answer as AuthZEN knows it."""
        return cls(answer.allowed, CheckAnswer.of(answer))


class Decisions(Struct, frozen=True):
    """The decisions in the order asked; fewer than were asked when the batch ended early."""

    evaluations: list[Decision]


class Configuration(Struct, frozen=True):
    """Where the endpoints are."""

    policy_decision_point: str
    access_evaluation_endpoint: str
    access_evaluations_endpoint: str


def question_of(one: Evaluation, common: Evaluation | None = None) -> Question:
    """The question to the gate. Raises InvalidInput for other subjects, resources and actions than ours."""
    subject = one.subject or (common and common.subject)
    resource = one.resource or (common and common.resource)
    action = one.action or (common and common.action)
    if not subject or subject.type != "seller":
        raise InvalidInput("subject must be of type seller.", field="subject")
    if not resource or resource.type != "product":
        raise InvalidInput("resource must be of type product.", field="resource")
    if not action or action.name not in _STAGES:
        raise InvalidInput("action must be cart, order or settlement.", field="action")
    return Question(checked_id(subject.id, "subject.id"), checked_id(resource.id, "resource.id"), action.name, None)


def configuration(base: str) -> Configuration:
    """The metadata document of a server at this address."""
    return Configuration(
        policy_decision_point=base,
        access_evaluation_endpoint=f"{base}/access/v1/evaluation",
        access_evaluations_endpoint=f"{base}/access/v1/evaluations",
    )
