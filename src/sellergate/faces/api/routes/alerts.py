"""Where Alertmanager sends what is firing."""

from fastapi import APIRouter

from sellergate.domain.errors import ConcurrentChange, InvalidStatus
from sellergate.domain.identifiers import Role
from sellergate.faces.api.guard import guarded
from sellergate.faces.api.parts import ActorDep, PartsDep
from sellergate.faces.api.refusals import refusals
from sellergate.faces.api.schemas.alerts import AlertsIn, HeardOut
from sellergate.services.alerting import Alarms

router = APIRouter(
    prefix="/api/admin/dropshipping/rollout",
    tags=["rollout"],
    route_class=guarded(Role.OPERATOR, Role.ADMIN, Role.SERVICE),
)


@router.post("/alerts", responses=refusals(InvalidStatus, ConcurrentChange))
def alerts(body: AlertsIn, by: ActorDep, parts: PartsDep) -> HeardOut:
    """Roll back, if an alert that is firing asks for it; Alertmanager's webhook receiver."""
    return HeardOut.of(Alarms(parts.rollouts).hear([alert.as_alert() for alert in body.alerts], by))
