"""Who hears of which alert, asked of amtool."""

import subprocess

import pytest
import yaml

from builders import THE_PLAN
from sellergate.adapters.monitoring import alert_rules
from sellergate.adapters.monitoring.alertmanager import Mail, Receivers, alertmanager_file
from sellergate.adapters.monitoring.yaml_text import yaml_text
from servers.alertmanager import installed

RULES = alert_rules(THE_PLAN)
MAIL = Mail(to="eng@shop.test", sender="gate@shop.test", smarthost="mail.test:587", user="gate")
WITH_MAIL = Receivers(sellergate="https://gate.test/", mail=MAIL)


def amtool(*arguments):
    return subprocess.run([installed("amtool"), *arguments], capture_output=True, text=True, check=False)


@pytest.fixture
def written(tmp_path):
    def write(receivers):
        file = tmp_path / "alertmanager.yml"
        file.write_text(yaml_text(alertmanager_file(RULES, receivers), comment="Routes"))
        return file

    return write


@pytest.mark.parametrize(
    "receivers", [WITH_MAIL, Receivers(sellergate="http://127.0.0.1:8000")], ids=["mail", "no mail"]
)
def test_alertmanager_takes_it(written, receivers):
    checked = amtool("check-config", written(receivers))

    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_alert_goes_to_whom_its_severity_says(written, rule):
    labels = [f"{name}={value}" for name, value in {"alertname": rule.name, **rule.labels}.items()]
    routed = amtool("config", "routes", "test", f"--config.file={written(WITH_MAIL)}", *labels)

    by_severity = {"critical": "pagerduty", "warning": "slack", "info": "email"}[rule.severity]
    rollback = ["sellergate-rollback"] if rule.rolls_back else []
    assert routed.stdout.split() == [",".join([*rollback, by_severity])]


def test_without_mail_slack_hears_the_summary(written):
    file = written(Receivers(sellergate="http://127.0.0.1:8000"))

    assert amtool("config", "routes", "test", f"--config.file={file}", "severity=info").stdout.split() == ["slack"]


def test_no_secret_stands_in_it():
    document = alertmanager_file(RULES, WITH_MAIL)
    text = yaml.safe_dump(document)

    assert WITH_MAIL.secret_files == [
        f"/etc/alertmanager/secrets/{name}"
        for name in ("pagerduty_routing_key", "slack_url", "sellergate_token", "smtp_password")
    ]
    assert all(file in text for file in WITH_MAIL.secret_files)
    assert not any(word in text for word in ("service_key:", "routing_key:", "api_url:", "password:", "credentials:"))


def test_the_rollback_receiver_is_our_own_route():
    from sellergate.faces.api.routes.alerts import router

    [receiver] = [
        one for one in alertmanager_file(RULES, WITH_MAIL)["receivers"] if one["name"] == "sellergate-rollback"
    ]
    [route] = router.routes

    assert receiver["webhook_configs"][0]["url"] == f"https://gate.test{route.path}"


def test_a_fuller_inbox_silences_what_is_said_of_a_full_one():
    [rule] = alertmanager_file(RULES, WITH_MAIL)["inhibit_rules"]

    assert rule["source_matchers"] == ['alertname="Phase9SupplierInboxOverload"']
    assert rule["target_matchers"] == ['alertname="Phase9SupplierInboxBacklog"']
    assert rule["equal"] == ["supplierId"]
