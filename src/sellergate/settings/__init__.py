"""Every setting: where it comes from, what it may be, and what it means.

Settings are data: small frozen groups whose fields say the variable, the default, the parser and the explanation. An empty value is
an unset one. A value that cannot be read stops the start with one line; nothing falls back silently.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Final

from sellergate.settings.console import ConsoleSettings
from sellergate.settings.decisions import DecisionLogSettings
from sellergate.settings.declaring import MASK, ConfigurationError, Explained, explain_group, load_group
from sellergate.settings.env_file import ENV_FILE, with_env_file
from sellergate.settings.gate import GateSettings
from sellergate.settings.notices import NoticeSettings
from sellergate.settings.parsers import SECRET_BYTES_MIN
from sellergate.settings.rollout import MeasurementSettings, RolloutSettings
from sellergate.settings.server import LogSettings, ServerSettings, TokenSettings
from sellergate.settings.storage import DatabaseSettings, RedisSettings
from sellergate.settings.workflow import RateSettings, WorkflowSettings

__all__ = [
    "ENV_FILE",
    "GROUPS",
    "MASK",
    "SECRET_BYTES_MIN",
    "ConfigurationError",
    "ConsoleSettings",
    "DatabaseSettings",
    "DecisionLogSettings",
    "Explained",
    "GateSettings",
    "LogSettings",
    "MeasurementSettings",
    "NoticeSettings",
    "RateSettings",
    "RedisSettings",
    "RolloutSettings",
    "ServerSettings",
    "Settings",
    "TokenSettings",
    "WorkflowSettings",
    "explain",
    "load_settings",
    "with_env_file",
]

WARM_AT_START: Final = 10_000


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All groups."""

    database: DatabaseSettings = field(default_factory=DatabaseSettings)
    redis: RedisSettings = field(default_factory=RedisSettings)
    gate: GateSettings = field(default_factory=GateSettings)
    workflow: WorkflowSettings = field(default_factory=WorkflowSettings)
    rollout: RolloutSettings = field(default_factory=RolloutSettings)
    measurements: MeasurementSettings = field(default_factory=MeasurementSettings)
    decisions: DecisionLogSettings = field(default_factory=DecisionLogSettings)
    notices: NoticeSettings = field(default_factory=NoticeSettings)
    tokens: TokenSettings = field(default_factory=TokenSettings)
    server: ServerSettings = field(default_factory=ServerSettings)
    console: ConsoleSettings = field(default_factory=ConsoleSettings)
    logs: LogSettings = field(default_factory=LogSettings)
    rates: RateSettings = field(default_factory=RateSettings)

    @property
    def pairs_to_warm(self) -> int:
        """How many pairs a process reads when it starts."""
        if self.gate.warm_at_start is not None:
            return self.gate.warm_at_start
        return 0 if self.database.is_embedded else WARM_AT_START


GROUPS: Final[Mapping[str, type]] = {item.name: item.default_factory for item in fields(Settings)}  # type: ignore[misc]


def load_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings the environment and its file give. Raises ConfigurationError for the first value that cannot be used."""
    environ = with_env_file(environ)
    return Settings(**{name: load_group(group, environ) for name, group in GROUPS.items()})


def explain(settings: Settings) -> Iterator[Explained]:
    """Every setting with its value, in the order of the groups."""
    for name in GROUPS:
        yield from explain_group(getattr(settings, name))
