"""Settings: every value is read or refused; nothing falls back silently."""

from datetime import timedelta
from pathlib import Path

import pytest

from sellergate.domain.directory import Tier
from sellergate.domain.rollout import Phase, Source
from sellergate.settings import MASK, ConfigurationError, explain, load_settings
from sellergate.wiring import prepare_database

SECRET = "0123456789abcdef0123456789abcdef"


def test_an_empty_environment_gives_the_defaults():
    settings = load_settings({})

    assert settings.database.url == "sqlite:///sellergate.db"
    assert settings.gate.cache_ttl == timedelta(seconds=60)
    assert settings.workflow.limits.of(Tier.PLATINUM) == 10
    assert settings.workflow.cooldown == timedelta(days=30)
    assert settings.rollout.environment.phase is Phase.SHADOW
    assert settings.rollout.pinned is None


def test_an_empty_value_is_an_unset_one():
    assert load_settings({"PHASE9_ROLLOUT_PERCENTAGE": "", "ROLLOUT_SOURCE": "  "}) == load_settings({})


@pytest.mark.parametrize(
    ("environ", "phase", "percentage"),
    [
        ({"ENABLE_SELLER_AUTHORIZATION": "false"}, Phase.SHADOW, 0),
        ({"ENABLE_SELLER_AUTHORIZATION": "false", "SELLER_AUTHORIZATION_SHADOW": "false"}, Phase.OFF, 0),
        ({"ENABLE_SELLER_AUTHORIZATION": "false", "PHASE9_ROLLOUT_PERCENTAGE": "100"}, Phase.SHADOW, 0),
        ({"ENABLE_SELLER_AUTHORIZATION": "true"}, Phase.CANARY, 0),
        ({"ENABLE_SELLER_AUTHORIZATION": "true", "PHASE9_CANARY_PRODUCTS": "p-1, p-2,"}, Phase.CANARY, 0),
        ({"ENABLE_SELLER_AUTHORIZATION": "true", "PHASE9_ROLLOUT_PERCENTAGE": "1"}, Phase.PERCENTAGE, 1),
        ({"ENABLE_SELLER_AUTHORIZATION": "true", "PHASE9_ROLLOUT_PERCENTAGE": "99"}, Phase.PERCENTAGE, 99),
        ({"ENABLE_SELLER_AUTHORIZATION": "TRUE", "PHASE9_ROLLOUT_PERCENTAGE": "100"}, Phase.FULL, 100),
    ],
)
def test_the_environment_means_a_phase(environ, phase, percentage):
    state = load_settings(environ).rollout.environment

    assert (state.phase, state.percentage) == (phase, percentage)


def test_the_canary_list_is_read_without_blanks():
    state = load_settings({"ENABLE_SELLER_AUTHORIZATION": "1", "PHASE9_CANARY_PRODUCTS": "p-1, p-2,"}).rollout

    assert state.environment.canary_products == {"p-1", "p-2"}


def test_tier_limits_and_the_other_groups_are_read():
    settings = load_settings(
        {
            "SELLER_PRODUCT_LIMIT_BY_TIER": "bronze=10, SILVER=20,PLATINUM=unlimited",
            "ROLLOUT_SOURCE": "managed",
            "SELLERGATE_KILL_SWITCH_FILE": "/run/off",
            "SELLERGATE_JWT_SECRET": SECRET,
        }
    )

    limits = settings.workflow.limits
    assert [limits.of(tier) for tier in Tier] == [10, 20, 10, None]
    assert settings.rollout.pinned is Source.MANAGED
    assert settings.gate.kill_switch_file == Path("/run/off")


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("PHASE9_ROLLOUT_PERCENTAGE", "150"),
        ("PHASE9_ROLLOUT_PERCENTAGE", "-1"),
        ("PHASE9_ROLLOUT_PERCENTAGE", "fifty"),
        ("ENABLE_SELLER_AUTHORIZATION", "ture"),
        ("PHASE9_CANARY_PRODUCTS", "p 1"),
        ("PHASE9_CANARY_PRODUCTS", "x" * 65),
        ("ROLLOUT_SOURCE", "console"),
        ("SELLER_PRODUCT_LIMIT", "ten"),
        ("SELLER_PRODUCT_LIMIT_BY_TIER", "BRONZ=1"),
        ("SELLER_PRODUCT_LIMIT_BY_TIER", "BRONZE"),
        ("SELLER_REJECT_COOLDOWN_DAYS", "-1"),
        ("AUTHORIZATION_CACHE_TTL", "0"),
        ("SELLERGATE_PORT", "65536"),
        ("SELLERGATE_LOG_FORMAT", "xml"),
        ("SELLERGATE_PROMETHEUS_MATCH", "sellergate"),
        ("SELLERGATE_PROMETHEUS_MATCH", 'job="a"} or up{job="b"'),
        ("SELLERGATE_MEASUREMENTS_KEPT_WINDOWS", "1"),
        ("SELLERGATE_MEASUREMENTS_KEPT_MINUTES", "1"),
        ("SELLERGATE_MEASUREMENTS_KEPT_HOURS", "forever"),
        ("SELLERGATE_MEASUREMENTS_KEPT_DENIALS", "0"),
        ("SELLERGATE_MAIL_FROM", "nobody"),
        ("SELLERGATE_OPERATOR_EMAILS", "ops@shop.test, nobody"),
        ("SELLERGATE_OPERATOR_LOCALE", "fr"),
        ("SELLERGATE_NOTICES_ZONE", "Korea/Seoul"),
        ("SELLERGATE_NOTICES_TIMEOUT_SECONDS", "0"),
        ("SELLERGATE_NOTICES_ATTEMPTS", "0"),
        ("SELLERGATE_REMIND_AFTER_DAYS", "-1"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_in_one_line(variable, value):
    with pytest.raises(ConfigurationError) as refused:
        load_settings({variable: value})

    line = str(refused.value)
    assert line.startswith(f"{variable}={value}: allowed is ")
    assert "\n" not in line


@pytest.mark.parametrize(
    "url", ["prometheus:9090", "ftp://prometheus", "http://", "http://me:pw@host:port", "http://a b"]
)
def test_the_address_of_a_prometheus_that_cannot_be_used_is_refused_and_not_shown(url):
    with pytest.raises(ConfigurationError, match=r"^PROMETHEUS_URL=\*{8}: allowed is an http or https URL$"):
        load_settings({"PROMETHEUS_URL": url})


def test_how_long_measurements_are_kept():
    variables = {"WINDOWS": "3", "MINUTES": "4", "HOURS": "5", "DENIALS": "6", "VERDICTS": "7"}
    environ = {f"SELLERGATE_MEASUREMENTS_KEPT_{name}": value for name, value in variables.items()}
    kept = load_settings({**environ, "PROMETHEUS_URL": "http://prometheus:9090/sub/"}).measurements

    assert (kept.windows_kept, kept.minutes_kept) == (timedelta(hours=3), timedelta(days=4))
    assert (kept.hours_kept, kept.denials_kept) == (timedelta(days=5), timedelta(days=6))
    assert kept.verdicts_kept == timedelta(days=7)
    assert kept.prometheus_url == "http://prometheus:9090/sub"


@pytest.mark.parametrize("match", ['job="sellergate"', ' job = "a", env!~"b|\\"c" ', 'a=~"x{2}"'])
def test_label_matchers_are_taken_as_prometheus_takes_them(match):
    assert load_settings({"SELLERGATE_PROMETHEUS_MATCH": match}).measurements.prometheus_match == match.strip()


def test_a_short_secret_is_refused_and_not_shown():
    with pytest.raises(ConfigurationError) as refused:
        load_settings({"SELLERGATE_JWT_SECRET": "hunter2"})

    assert "hunter2" not in str(refused.value)
    assert "32 bytes" in str(refused.value)


def test_the_table_of_settings_shows_no_secret():
    rows = {row.variable: row for row in explain(load_settings({"SELLERGATE_JWT_SECRET": SECRET}))}

    assert rows["SELLERGATE_JWT_SECRET"].value == MASK
    assert rows["PHASE9_ROLLOUT_PERCENTAGE"].value == "0"
    assert all(row.meaning for row in rows.values())


def test_a_file_gives_what_the_environment_does_not(tmp_path):
    file = tmp_path / "settings.env"
    file.write_text(
        "# a comment\n\nSELLERGATE_PORT=1\nexport SELLERGATE_HOST=\"::1\"\n  SELLERGATE_JWT_ISSUER='it # self'  \n"
        "SELLERGATE_WORKERS=2\nSELLERGATE_JWT_AUDIENCE=\nDATABASE_URL=postgresql://u@h/d?a=b\n"
    )
    settings = load_settings(
        {"SELLERGATE_ENV_FILE": str(file), "SELLERGATE_PORT": "9", "SELLERGATE_HOST": "", "SELLERGATE_WORKERS": " "}
    )

    assert (settings.server.port, settings.server.host, settings.server.workers) == (9, "::1", 2)
    assert (settings.tokens.issuer, settings.tokens.audience) == ("it # self", None)
    assert settings.database.url == "postgresql://u@h/d?a=b"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"A=1\nno assignment", "line 2 is not VARIABLE=VALUE"),
        (b"1A=1", "line 1 is not VARIABLE=VALUE"),
        (b"A B=1", "line 1 is not VARIABLE=VALUE"),
        (b"A='1", "line 1 is not VARIABLE=VALUE"),
        (b"A=\xff", "cannot be read: not UTF-8"),
        (None, "cannot be read: No such file or directory"),
    ],
)
def test_a_file_that_cannot_be_read_whole_stops_the_start(tmp_path, content, said):
    file = tmp_path / "settings.env"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(ConfigurationError) as refused:
        load_settings({"SELLERGATE_ENV_FILE": str(file)})
    assert str(refused.value) == f"SELLERGATE_ENV_FILE={file}: {said}"


SIGNED = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_places_are_read_by_their_names():
    notices = load_settings(
        {
            "SELLERGATE_CHAT_URLS": "ops=slack://a/b/c?x=1,2  eng=json://shop.test",
            "SELLERGATE_WEBHOOK_URLS": "shop=https://shop.test/hook?a=b",
            "SELLERGATE_WEBHOOK_SECRETS": f"shop={SIGNED},{SIGNED} other={SIGNED}",
            "SELLERGATE_OPERATOR_EMAILS": "a@shop.test, b@shop.test",
            "SELLERGATE_MAIL_FROM": "멋진 상점 <no-reply@shop.test>",
        }
    ).notices

    assert notices.chats == {"ops": "slack://a/b/c?x=1,2", "eng": "json://shop.test"}
    assert notices.webhooks == {"shop": "https://shop.test/hook?a=b"}
    assert {name: len(secrets) for name, secrets in notices.webhook_secrets.items()} == {"shop": 2, "other": 1}
    assert notices.operators == ("a@shop.test", "b@shop.test")


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SELLERGATE_CHAT_URLS", "slack://s3cret"),
        ("SELLERGATE_CHAT_URLS", "ops=s3cret"),
        ("SELLERGATE_CHAT_URLS", "Ops=slack://s3cret"),
        ("SELLERGATE_PAGER_URLS", "ops=slack://s3cret ops=slack://s3cret"),
        ("SELLERGATE_WEBHOOK_URLS", "https://shop.test/s3cret"),
        ("SELLERGATE_WEBHOOK_SECRETS", "shop=s3cret"),
        ("SELLERGATE_WEBHOOK_SECRETS", "shop=whsec_s3cret"),
        ("SELLERGATE_WEBHOOK_SECRETS", SIGNED),
    ],
)
def test_places_and_secrets_that_cannot_be_used_are_refused_and_not_shown(variable, value):
    with pytest.raises(ConfigurationError, match=rf"^{variable}=\*{{8}}: allowed is names and ") as refused:
        load_settings({variable: value})

    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize(
    ("environ", "variable", "why"),
    [
        ({"SELLERGATE_SMTP_URL": "smtp://shop:s3cret@"}, "SELLERGATE_SMTP_URL", "allowed is a URL like"),
        ({"SELLERGATE_SMTP_URL": "smtp://mail.shop.test"}, "SELLERGATE_MAIL_FROM", "set whom e-mail is from"),
        ({"SELLERGATE_CHAT_URLS": "ops=nonsense://s3cret"}, "SELLERGATE_CHAT_URLS", "ops is no address that Apprise"),
        ({"SELLERGATE_PAGER_URLS": "ops=nonsense://s3cret"}, "SELLERGATE_PAGER_URLS", "ops is no address"),
        (
            {"SELLERGATE_PAGER_URLS": "ops=json://s3cret", "SELLERGATE_CHAT_URLS": "ops=json://s3cret"},
            "SELLERGATE_PAGER_URLS",
            "the name of a chat as well",
        ),
        (
            {"SELLERGATE_WEBHOOK_URLS": "shop=http://s3cret", "SELLERGATE_WEBHOOK_SECRETS": f"shop={SIGNED}"},
            "SELLERGATE_WEBHOOK_URLS",
            "must be https",
        ),
        ({"SELLERGATE_WEBHOOK_URLS": "shop=https://s3cret"}, "SELLERGATE_WEBHOOK_SECRETS", "shop has no secret"),
    ],
)
def test_a_place_nobody_can_be_told_at_stops_the_start_in_one_line(tmp_path, environ, variable, why):
    settings = load_settings({"DATABASE_URL": f"sqlite:///{tmp_path / 'shop.db'}", **environ})
    with pytest.raises(ConfigurationError, match=rf"^{variable}=") as refused:
        prepare_database(settings)

    assert why in str(refused.value)
    assert "s3cret" not in str(refused.value)
    assert not (tmp_path / "shop.db").exists()  # before anything is opened
