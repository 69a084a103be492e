"""Alert rules and who hears of them: shown, written for Prometheus and Alertmanager, and proved."""

from pathlib import Path
from typing import Annotated, Final

import typer

from sellergate.adapters.monitoring import RUNBOOK, Rule, alert_rules
from sellergate.adapters.monitoring.alertmanager import PAGERDUTY, SECRETS, Mail, Receivers, alertmanager_file
from sellergate.adapters.monitoring.promtool import ProofFailed, find_promtool, version_of
from sellergate.adapters.monitoring.promtool import prove as prove_rules
from sellergate.adapters.monitoring.rules import fingerprint, promql_time, rule_file
from sellergate.adapters.monitoring.yaml_text import yaml_text
from sellergate.cli.exporting import show_written, write_files
from sellergate.cli.opening import STDIN, CommandError, actor, services
from sellergate.cli.output import note, say, show_json, show_table
from sellergate.domain.criteria import Check
from sellergate.domain.identifiers import Role
from sellergate.settings import Settings, load_settings
from sellergate.wiring import rollout_plan

RULES: Final = "sellergate-rules.yml"
ROUTES: Final = "alertmanager.yml"
MADE: Final = "Made by: sellergate alerts export. Change the rollout plan and make it anew."

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

Target = Annotated[
    str,
    typer.Argument(
        metavar="FOLDER|FILE", help="A folder for both files; a .yml file, or - for standard output, for one of them."
    ),
]
Routes = Annotated[bool, typer.Option("--alertmanager", help="Into a file: Alertmanager's routes, not the rules.")]
Runbook = Annotated[str, typer.Option(metavar="URL", help="The address of the page with the runbook.")]
Sellergate = Annotated[
    str | None,
    typer.Option(metavar="URL", help="Where Alertmanager reaches sellergate. [default: 127.0.0.1 at SELLERGATE_PORT]"),
]
Slack = Annotated[str, typer.Option("--slack-channel", metavar="NAME", help="Where warnings go.")]
PagerDuty = Annotated[str, typer.Option("--pagerduty", metavar="URL", help="PagerDuty's Events API v2.")]
Secrets = Annotated[str, typer.Option(metavar="FOLDER", help="Where Alertmanager finds its secrets, a file for each.")]
EmailTo = Annotated[
    str | None, typer.Option("--email-to", metavar="ADDRESS", help="Who gets the daily summary. [default: Slack]")
]
EmailFrom = Annotated[str, typer.Option("--email-from", metavar="ADDRESS", help="Who sends it.")]
Smtp = Annotated[str, typer.Option("--smtp", metavar="HOST:PORT", help="The mail server.")]
SmtpUser = Annotated[str | None, typer.Option("--smtp-user", metavar="NAME", help="Who signs in to it.")]
SmtpPlain = Annotated[bool, typer.Option("--smtp-plain", help="Allow a mail server without TLS.")]
Force = Annotated[bool, typer.Option("--force", help="Replace files that are different.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


@app.callback()
def _group() -> None:
    """Alert rules, made from the rollout plan, and who hears of them."""


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """Show every alert rule: when it fires, how urgent it is, and where the runbook says what to do."""
    rules = _rules(load_settings())
    if as_json:
        show_json([rule.facts(RUNBOOK) for rule in rules])
        return
    show_table(
        ["alert", "severity", "for", "rolls back", "summary"],
        ((rule.name, rule.severity, promql_time(rule.lasting), rule.rolls_back, rule.summary) for rule in rules),
    )


@app.command()
def export(
    *,
    target: Target,
    alertmanager: Routes = False,
    runbook: Runbook = RUNBOOK,
    sellergate: Sellergate = None,
    slack_channel: Slack = "#phase9-rollout",
    pagerduty: PagerDuty = PAGERDUTY,
    secrets: Secrets = SECRETS,
    email_to: EmailTo = None,
    email_from: EmailFrom = "sellergate@localhost",
    smtp: Smtp = "localhost:25",
    smtp_user: SmtpUser = None,
    smtp_plain: SmtpPlain = False,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Write the rules for Prometheus and the routes for Alertmanager.

    Critical alerts go to PagerDuty, warnings to Slack, the daily summary to an email address, and what the plan would roll back
    for to sellergate itself, which does. Secrets are read by Alertmanager from files; none is written here.
    """
    settings = load_settings()
    rules = _rules(settings)
    mail = None
    if email_to:
        mail = Mail(to=email_to, sender=email_from, smarthost=smtp, user=smtp_user, require_tls=not smtp_plain)
    receivers = Receivers(
        sellergate=sellergate or f"http://127.0.0.1:{settings.server.port}",
        slack_channel=slack_channel,
        pagerduty=pagerduty,
        secrets=secrets,
        mail=mail,
    )
    texts = {
        RULES: yaml_text(rule_file(rules, runbook=runbook), comment=MADE),
        ROUTES: yaml_text(alertmanager_file(rules, receivers), comment=MADE),
    }
    one = texts[ROUTES if alertmanager else RULES]
    if target == STDIN:
        typer.echo(one, nl=False)
        return
    path = Path(target)
    if path.suffix in (".yml", ".yaml") and not path.is_dir():
        files = {path: one}
    else:
        files = {path / name: text for name, text in texts.items()}
    show_written(write_files(files, force=force), as_json=as_json)
    if len(files) > 1 or alertmanager:
        note(f"Alertmanager needs: {', '.join(receivers.secret_files)}")


@app.command()
def prove(as_json: AsJson = False) -> None:
    """Prove every rule with promtool: it fires when it must, stays silent when it must, and resolves.

    The proof is kept as evidence for criteria with the check alert_rules_proved. It counts for these very rules: with other
    limits in the plan there are others to be proved.
    """
    with services() as assembly:
        rules = _rules(assembly.settings)
        try:
            program = find_promtool()
            played = prove_rules(program, rules)
        except ProofFailed as failure:
            raise CommandError(str(failure)) from failure
        print_of = fingerprint(rules)
        sentence = f"{len(rules)} alert rules held in {played} courses of events ({version_of(program)})."
        criteria = assembly.proving.attest(actor(Role.OPERATOR), Check.ALERT_RULES_PROVED, print_of, sentence)
    if as_json:
        facts = {"rules": len(rules), "courses": played, "fingerprint": print_of, "criteria": criteria}
        show_json({"holds": True, **facts})
    else:
        say(f"{sentence} Fingerprint {print_of}.")
        say("Kept as evidence." if criteria else "The plan asks for no such evidence.")


def _rules(settings: Settings) -> list[Rule]:
    return alert_rules(rollout_plan(settings), settings.measurements.prometheus_match)
