"""Who hears of which alert: Alertmanager's configuration, with every secret in a file of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Final

from sellergate.adapters.monitoring.rules import CRITICAL, INFO, ROLLBACK, Rule

PAGERDUTY: Final = "https://events.pagerduty.com/v2/enqueue"
SECRETS: Final = "/etc/alertmanager/secrets"
ROLLBACK_PATH: Final = "/api/admin/dropshipping/rollout/alerts"
_TEXT: Final = "{{ range .Alerts }}{{ .Annotations.summary }}\n{{ .Annotations.description }}\n{{ .Annotations.runbook_url }}\n{{ end }}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """The server that takes the daily summary, and who gets it. `user` signs in with the password in its file."""

    to: str
    sender: str
    smarthost: str
    user: str | None = None
    require_tls: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Receivers:
    """Where messages go. `secrets` is the folder of their secrets on Alertmanager's machine; without mail Slack gets the summary."""

    sellergate: str
    slack_channel: str = "#phase9-rollout"
    pagerduty: str = PAGERDUTY
    secrets: str = SECRETS
    mail: Mail | None = None

    def secret(self, name: str) -> str:
        """The file of one secret."""
        return str(PurePosixPath(self.secrets, name))

    @property
    def secret_files(self) -> list[str]:
        """Every file that has to be there before Alertmanager can send."""
        names = ["pagerduty_routing_key", "slack_url", "sellergate_token"]
        if self.mail is not None and self.mail.user:
            names.append("smtp_password")
        return [self.secret(name) for name in names]


def alertmanager_file(rules: Sequence[Rule], receivers: Receivers) -> dict[str, Any]:
    """Critical alerts page somebody, warnings go to Slack, the summary by email, and what rolls back to sellergate as well."""
    return {
        "global": _global(receivers),
        "route": {
            "receiver": "slack",
            "group_by": ["alertname", "supplierId"],
            "group_wait": "10s",
            "group_interval": "1m",
            "repeat_interval": "4h",
            "routes": [
                {
                    "matchers": [f'action="{ROLLBACK}"'],
                    "receiver": "sellergate-rollback",
                    "group_wait": "0s",
                    "repeat_interval": "5m",
                    "continue": True,
                },
                {
                    "matchers": [f'severity="{CRITICAL}"'],
                    "receiver": "pagerduty",
                    "group_wait": "0s",  # a rollback may have resolved it a second later: somebody is to know all the same
                },
                {
                    "matchers": [f'severity="{INFO}"'],
                    "receiver": "email" if receivers.mail else "slack",
                    "group_wait": "0s",
                    "repeat_interval": "23h",
                },
            ],
        },
        "inhibit_rules": list(_inhibitions(rules)),
        "receivers": _receivers(receivers),
    }


def _global(receivers: Receivers) -> dict[str, Any]:
    mail = receivers.mail
    if mail is None:
        return {"pagerduty_url": receivers.pagerduty}
    signed_in = {"smtp_auth_username": mail.user, "smtp_auth_password_file": receivers.secret("smtp_password")}
    return {
        "pagerduty_url": receivers.pagerduty,
        "smtp_smarthost": mail.smarthost,
        "smtp_from": mail.sender,
        "smtp_require_tls": mail.require_tls,
        **(signed_in if mail.user else {}),
    }


def _inhibitions(rules: Sequence[Rule]) -> list[Mapping[str, Any]]:
    """Of two alerts about one inbox people hear the worse one."""
    inboxes = [rule for rule in rules if rule.section == "supplier-inbox-overload"]
    return [
        {
            "source_matchers": [f'alertname="{worse.name}"'],
            "target_matchers": [f'alertname="{rule.name}"'],
            "equal": ["supplierId"],
        }
        for worse in inboxes
        for rule in inboxes
        if worse.limit > rule.limit
    ]


def _receivers(receivers: Receivers) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = [
        {
            "name": "slack",
            "slack_configs": [
                {
                    "api_url_file": receivers.secret("slack_url"),
                    "channel": receivers.slack_channel,
                    "send_resolved": True,
                    "title": "{{ .Status | toUpper }}: {{ .CommonLabels.alertname }}",
                    "text": _TEXT,
                }
            ],
        },
        {
            "name": "pagerduty",
            "pagerduty_configs": [
                {
                    "routing_key_file": receivers.secret("pagerduty_routing_key"),
                    "severity": "{{ .CommonLabels.severity }}",
                    "description": "{{ .CommonAnnotations.summary }}",
                    "details": {
                        "description": "{{ .CommonAnnotations.description }}",
                        "runbook": "{{ .CommonAnnotations.runbook_url }}",
                    },
                }
            ],
        },
        {
            "name": "sellergate-rollback",
            "webhook_configs": [
                {
                    "url": f"{receivers.sellergate.rstrip('/')}{ROLLBACK_PATH}",
                    "send_resolved": False,
                    "http_config": {"authorization": {"credentials_file": receivers.secret("sellergate_token")}},
                }
            ],
        },
    ]
    if receivers.mail is not None:
        subject = {"Subject": "{{ .CommonAnnotations.summary }}"}
        mail = {"to": receivers.mail.to, "send_resolved": False, "headers": subject, "text": _TEXT}
        found.append({"name": "email", "email_configs": [mail]})
    return found
