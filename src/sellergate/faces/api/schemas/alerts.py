"""What Alertmanager sends to a webhook, as far as it matters here, and what it is told."""

from typing import Literal, Self

from pydantic import ConfigDict, Field

from sellergate.faces.api.schemas.authorizations import ReceiptOut
from sellergate.faces.wire import WireIn, WireOut
from sellergate.services.alerting import Alert, Heard

Labels = dict[str, str]


class AlertIn(WireIn):
    """One alert. It asks for a rollback by its label `action="rollback"`."""

    model_config = ConfigDict(extra="ignore")  # the format is Alertmanager's, and it may grow

    status: Literal["firing", "resolved"]
    labels: Labels = Field(default_factory=dict)
    annotations: Labels = Field(default_factory=dict)

    def as_alert(self) -> Alert:
        """The alert as the service takes it."""
        return Alert(
            name=_printable(self.labels.get("alertname", "without a name")),
            summary=_printable(self.annotations.get("summary", "it gives no summary.")),
            firing=self.status == "firing",
            asks_for_rollback=self.labels.get("action") == "rollback",
        )


def _printable(text: str) -> str:
    """An alarm is heard whatever characters somebody has put into it."""
    return "".join(character for character in text if character.isprintable())


class AlertsIn(WireIn):
    """A group of alerts, as Alertmanager's `webhook_config` sends it (version 4)."""

    model_config = ConfigDict(extra="ignore")

    alerts: list[AlertIn]


class HeardOut(WireOut):
    """What was done about it; `receipt` is null where nothing was."""

    rolled_back: bool
    sentence: str
    receipt: ReceiptOut | None

    @classmethod
    def of(cls, heard: Heard) -> Self:
        """The answer as it is sent."""
        receipt = None if heard.move is None else ReceiptOut.of(heard.move.receipt)
        return cls(rolled_back=receipt is not None, sentence=heard.sentence, receipt=receipt)
