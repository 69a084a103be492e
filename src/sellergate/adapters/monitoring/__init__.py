"""What people see of sellergate without opening it: alert rules, routes and dashboards, made from the plan and the metrics."""

from sellergate.adapters.monitoring.dashboards import dashboards
from sellergate.adapters.monitoring.plan_rules import plan_rules
from sellergate.adapters.monitoring.rollout_rules import rollout_rules
from sellergate.adapters.monitoring.rules import RUNBOOK, Rule
from sellergate.adapters.monitoring.series import ANY, Series
from sellergate.adapters.monitoring.service_rules import service_rules
from sellergate.domain.plan import RolloutPlan

__all__ = ["RUNBOOK", "Rule", "alert_rules", "dashboards"]


def alert_rules(plan: RolloutPlan, match: str = "") -> list[Rule]:
    """Every alert rule for this plan, about the series that `match` names (label matchers; those of the job sellergate)."""
    series = Series(match or ANY)
    return [*plan_rules(plan, series), *rollout_rules(series), *service_rules(series)]
