"""A gate whose every answer goes into the decision log. Where there is no log this class is not used, and costs nothing."""

from collections.abc import Iterable
from datetime import datetime

from sellergate.domain.gate import GateAnswer
from sellergate.ports.decision_log import DecisionSink
from sellergate.services.gate import Gate
from sellergate.services.tallies import OrderValue


class LogsDecisions(Gate):
    """Answers as the gate it is laid over does, and leaves each answer in `decisions`."""

    decisions: DecisionSink

    def check(
        self,
        seller: str,
        product: str,
        *,
        stage: str = "cart",
        consistency: str | None = None,
        as_of: datetime | None = None,
        value: OrderValue = None,
    ) -> GateAnswer:
        """As `Gate.check`."""
        answer = super().check(seller, product, stage=stage, consistency=consistency, as_of=as_of, value=value)
        self.decisions.put(seller, product, stage, value, answer)
        return answer

    def try_cached(
        self, seller: str, product: str, *, stage: str = "cart", value: OrderValue = None
    ) -> GateAnswer | None:
        """As `Gate.try_cached`; what needs the store is logged by whoever asks it."""
        answer = super().try_cached(seller, product, stage=stage, value=value)
        if answer is not None:
            self.decisions.put(seller, product, stage, value, answer)
        return answer

    def allows(
        self,
        seller: str,
        product: str,
        *,
        stage: str = "cart",
        consistency: str | None = None,
        as_of: datetime | None = None,
        value: OrderValue = None,
    ) -> bool:
        """As `Gate.allows`."""
        return self.check(seller, product, stage=stage, consistency=consistency, as_of=as_of, value=value).allowed

    async def acheck(
        self,
        seller: str,
        product: str,
        *,
        stage: str = "cart",
        consistency: str | None = None,
        as_of: datetime | None = None,
        value: OrderValue = None,
    ) -> GateAnswer:
        """As `Gate.acheck`."""
        answer = await super().acheck(seller, product, stage=stage, consistency=consistency, as_of=as_of, value=value)
        self.decisions.put(seller, product, stage, value, answer)
        return answer

    def check_many(
        self, seller: str, products: Iterable[str], *, stage: str = "cart", consistency: str | None = None
    ) -> list[GateAnswer]:
        """As `Gate.check_many`."""
        asked = list(products)
        answers = super().check_many(seller, asked, stage=stage, consistency=consistency)
        for product, answer in zip(asked, answers, strict=True):
            self.decisions.put(seller, product, stage, None, answer)
        return answers


def logged(gate_type: type[Gate], decisions: DecisionSink) -> type[LogsDecisions]:
    """The gate of this type that leaves its answers there."""
    return type(f"Logged{gate_type.__name__}", (LogsDecisions, gate_type), {"decisions": decisions})
