"""Plans as TOML files: read with every fault in its line, and written again."""

from sellergate.adapters.plan_files.faults import Fault, PlacedFault, PlanErrors
from sellergate.adapters.plan_files.reading import DEFAULT, DEMO, facts_of_plan, load_plan, parse_plan

__all__ = ["DEFAULT", "DEMO", "Fault", "PlacedFault", "PlanErrors", "facts_of_plan", "load_plan", "parse_plan"]
