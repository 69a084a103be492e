"""The demo's parts: a rollout that moves and gives way, a check that can fail, a guide that can be pasted."""

from collections import Counter
from urllib.parse import urlsplit

import pytest
from terminal import SECRET, free_port

from sellergate.adapters.plan_files import DEMO
from sellergate.cli.demo import past
from sellergate.cli.demo.api import ADMIN, GATE, Api
from sellergate.cli.demo.check import check_demo
from sellergate.cli.demo.guide import lines
from sellergate.cli.demo.house import House
from sellergate.cli.demo.marketplace import invent
from sellergate.cli.demo.play import Promotions
from sellergate.cli.demo.screen import Lines
from sellergate.cli.demo.trouble import Trouble
from sellergate.domain.identifiers import Role
from sellergate.serving import Server
from sellergate.settings import load_settings


@pytest.fixture
def house(tmp_path):
    settings = load_settings(
        {
            "DATABASE_URL": f"sqlite:///{tmp_path / 'demo.db'}",
            "SELLERGATE_JWT_SECRET": SECRET,
            "SELLERGATE_PLAN_FILE": str(DEMO),
            "SELLERGATE_PORT": "0",
            "SELLERGATE_GRACE_SECONDS": "1",
        }
    )
    with Server(settings, fault=Trouble()) as server, Api(server.url, SECRET) as api:
        yield House(settings, api, invent())


def phases(promotions, times):
    return [(now["phase"], now["percentage"]) for now in (promotions.tick(Lines()) for _ in range(times))]


def test_the_rollout_goes_a_step_further_when_it_is_time_and_stays_at_full(house):
    assert phases(Promotions(house, step_seconds=0), 4) == [
        ("canary", 0),
        ("percentage", 50),
        ("full", 100),
        ("full", 100),
    ]
    assert phases(Promotions(house, step_seconds=3600), 2) == [("full", 100), ("full", 100)]


def test_when_somebody_else_has_moved_the_rollout_the_demo_keeps_its_hands_off(house, capsys):
    promotions = Promotions(house, step_seconds=0)
    phases(promotions, 1)
    house.api.move("rollback", "An operator has something to say.")

    assert phases(promotions, 3) == [("off", 0)] * 3
    assert "Somebody has moved the rollout to off" in capsys.readouterr().out


def test_from_wherever_an_earlier_demo_ended_it_begins_in_shadow(house):
    for _ in range(2):
        phases(Promotions(house, step_seconds=0), 3)
        past.rollout_to_shadow(house.api, past.CLOSING)

        assert phases(Promotions(house, step_seconds=3600), 1) == [("shadow", 0)]


def test_the_guide_has_a_token_for_each_role_and_every_address(house):
    guide = "\n".join(lines(house, past.Past()))

    for role in ("SELLER", "SUPPLIER", "OPERATOR", "ADMIN", "SERVICE"):
        assert f"  {role}=ey" in guide
        assert f"Bearer ${role}" in guide
    for path in (
        "/demo/sign-in/operator",
        "/demo/sign-in/supplier",
        "/demo/breach",
        "/openapi.json",
        "/health/detailed",
        "/metrics",
    ):
        assert house.api.url + path in guide


def test_a_check_that_fails_names_the_step_and_stops(capsys):
    nobody = f"http://127.0.0.1:{free_port()}"
    with Api(nobody, SECRET) as api:
        assert not check_demo(House(load_settings({}), api, invent()))

    out, err = capsys.readouterr()
    assert out.splitlines() == ["✗ the import takes 12 suppliers, 300 products and 200 sellers"]
    assert err.startswith("sellergate: failed step: the import takes")
    assert err.count("\n") == 1


def test_without_a_terminal_a_line_now_and_then_says_how_things_are(capsys):
    seen = Counter(checks=12, allowed=11, denied=1)
    rollout = {"phase": "percentage", "percentage": 50, "killSwitch": False}

    with Lines() as screen:
        for _ in range(3):
            screen.show(rollout, seen)

    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("phase percentage 50 %: 12 checks, 11 allowed, 1 denied, 0 would be denied")


def test_a_breach_takes_the_gates_database_away_and_not_the_others(house, terminal):
    past.fill(house.api, house.marketplace)
    phases(Promotions(house, step_seconds=0), 3)
    question = {"sellerId": "seller-001", "productId": "product-002", "stage": "order"}

    begun = terminal("demo", "breach", "--port", urlsplit(house.api.url).port)

    assert begun.status == 0, begun.err
    assert "/demo/sign-in/operator" in begun.out
    checked = house.api.call("POST", f"{GATE}/check", Role.SERVICE, json=question)
    assert (checked.status_code, checked.json()["errorCode"]) == (503, "ERR_AUTHORIZATION_CHECK_FAILED")
    assert house.api.get(f"{ADMIN}/rollout", Role.OPERATOR)["phase"] == "full"


def test_a_breach_needs_a_demo_that_runs(terminal, tmp_path):
    missing = terminal("demo", "breach", "--port", free_port())
    assert (missing.status, missing.err.count("\n")) == (1, 1)
    assert "start one with sellergate demo" in missing.err

    settings = load_settings(
        {"DATABASE_URL": f"sqlite:///{tmp_path / 'real.db'}", "SELLERGATE_JWT_SECRET": SECRET, "SELLERGATE_PORT": "0"}
    )
    with Server(settings) as real:
        refused = terminal("demo", "breach", "--port", urlsplit(real.url).port)
    assert (refused.status, "is no demo" in refused.err) == (1, True)
