"""The decision log: checks and answers as NDJSON files, written beside the gate."""

from sellergate.adapters.decision_log.files import RotatingFile
from sellergate.adapters.decision_log.reading import DecisionFiles
from sellergate.adapters.decision_log.recording import DecisionLog

__all__ = ["DecisionFiles", "DecisionLog", "RotatingFile"]
