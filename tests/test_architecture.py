"""The arrows between the layers hold, and a wrong one would be seen."""

import os
import re
import subprocess
import sys
from pathlib import Path

import grimp
import pytest

PROJECT = Path(__file__).parents[1]

LAYERS = "Arrows point one way: what stands above may import what stands below"
BESIDE = "Adapters, settings and the worker know nothing of the services"
SQL = "SQL stays in its adapter"
WEB = "The web framework stays in the faces that answer over HTTP"
PAGES = "Templates and translations stay in the console and the letters"
SERVER = "The HTTP server is started in one place"
TERMINAL = "The terminal stays in the command line"
METRICS = "Prometheus stays in its adapter, and the assembly that makes its registry"
WIRE = "The wire format stays in the faces"
REDIS = "Redis stays in its adapter"
CHATS = "Apprise stays in its courier"
TRACES = "OpenTelemetry stays in its adapter"

SOUND = {
    "__init__": "from sellergate.embedded import thing",
    "__main__": "import sellergate.cli",
    "cli": "import rich, typer, sellergate.serving, sellergate.embedded, sellergate.logs, sellergate.wiring",
    "application": "import sellergate.faces.api, sellergate.wiring",
    "embedded": "import sellergate.wiring\nthing = 1",
    "serving": "import sellergate.application, sellergate.server.draining, sellergate.logs, sellergate.wiring",
    "logs": "import sellergate.settings",
    "server.draining": "import uvicorn, sellergate.faces.writes, sellergate.settings",
    "wiring.assembling": "import prometheus_client, sellergate.adapters.sql.store, sellergate.faces.api, sellergate.worker",
    "faces.api.routes": "import fastapi, msgspec, sellergate.services.workflow",
    "faces.console.pages": "import babel.numbers, jinja2, markupsafe, starlette.routing",
    "adapters.couriers.chat": "import apprise",
    "adapters.letters.letters": "import jinja2",
    "adapters.memory": "import sellergate.ports.stores",
    "adapters.prometheus": "import prometheus_client",
    "adapters.redis_tier.connecting": "import redis.cluster",
    "adapters.decision_log.recording": "import msgspec",
    "adapters.tracing": "import opentelemetry.sdk.trace",
    "adapters.sql.store": "import alembic.op, sqlalchemy.engine, sellergate.ports.stores",
    "loadtest": "import pathlib",
    "settings": "import sellergate.domain.rules",
    "worker": "import threading",
    "services.workflow": "import sellergate.ports.stores",
    "ports.stores": "import sellergate.domain.rules",
    "domain.rules": "import decimal, collections.abc",
}


def contracts_kept(folder):
    """Which contracts of this project's configuration hold for the sellergate in `folder`, by name."""
    environ = os.environ | {"PYTHONPATH": str(folder), "COLUMNS": "200"}
    command = [
        str(Path(sys.executable).with_name("lint-imports")),
        "--config",
        str(PROJECT / "pyproject.toml"),
        "--no-cache",
        "--no-logo",
    ]
    done = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, timeout=60, check=False)
    verdicts = dict(re.findall(r"^(.+?) (KEPT|BROKEN)\b", done.stdout, re.MULTILINE))
    assert verdicts, done.stdout + done.stderr
    assert (done.returncode == 0) is (set(verdicts.values()) == {"KEPT"})
    return {name: verdict == "KEPT" for name, verdict in verdicts.items()}


def a_tree(folder, modules):
    """A package named sellergate in `folder`, with one line of imports to a module."""
    for name, imports in modules.items():
        path = folder.joinpath("sellergate", *name.split(".")).with_suffix(".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(imports)
    for package in [folder / "sellergate", *(path for path in folder.glob("sellergate/**/*") if path.is_dir())]:
        (package / "__init__.py").touch()
    return folder


def foreign_imports(package, root):
    """What the modules of `package` import besides each other and the standard library."""
    graph = grimp.build_graph(root, include_external_packages=True, cache_dir=None)
    inside = {package, *graph.find_descendants(package)}
    imported = {(module, other) for module in inside for other in graph.find_modules_directly_imported_by(module)}
    return {(module, other) for module, other in imported if other not in inside | sys.stdlib_module_names}


def test_every_contract_is_kept():
    assert contracts_kept(PROJECT / "src") == dict.fromkeys(
        [LAYERS, BESIDE, SQL, WEB, PAGES, SERVER, TERMINAL, METRICS, WIRE, REDIS, CHATS, TRACES], True
    )


def test_the_domain_needs_nothing_but_the_standard_library():
    assert foreign_imports("sellergate.domain", "sellergate") == set()


def test_a_sound_tree_is_accepted(tmp_path):
    assert set(contracts_kept(a_tree(tmp_path, SOUND)).values()) == {True}


@pytest.mark.parametrize(
    ("module", "imports", "broken"),
    [
        ("domain.rules", "import sellergate.ports.stores", LAYERS),
        ("ports.stores", "import sellergate.services.workflow", LAYERS),
        ("services.workflow", "import sellergate.adapters.memory", LAYERS),
        ("services.workflow", "import sellergate.settings", LAYERS),
        ("services.workflow", "from sellergate import thing", LAYERS),
        ("adapters.memory", "import sellergate.faces.api", LAYERS),
        ("faces.api.routes", "import sellergate.adapters.memory", LAYERS),
        ("wiring.assembling", "import sellergate.serving", LAYERS),
        ("newcomer", "", LAYERS),
        ("adapters.memory", "import sellergate.services.workflow", BESIDE),
        ("services.workflow", "import sqlalchemy", SQL),
        ("adapters.memory", "from alembic import op", SQL),
        ("faces.pages", "from starlette.responses import Response", WEB),
        ("faces.api.routes", "import jinja2", PAGES),
        ("cli", "import uvicorn", SERVER),
        ("faces.api.routes", "from rich.table import Table", TERMINAL),
        ("services.workflow", "from prometheus_client import Counter", METRICS),
        ("services.workflow", "import msgspec", WIRE),
        ("wiring.assembling", "from redis import Redis", REDIS),
        ("adapters.couriers.smtp", "import apprise", CHATS),
        ("services.workflow", "from opentelemetry import trace", TRACES),
    ],
)
def test_a_wrong_arrow_is_reported_by_the_contract_it_breaks(tmp_path, module, imports, broken):
    assert not contracts_kept(a_tree(tmp_path, SOUND | {module: imports}))[broken]


def test_a_foreign_import_in_the_domain_is_reported(tmp_path, monkeypatch):
    modules = {"rules": "import json", "plan": "import sellergate.domain.rules, sqlalchemy"}
    tree = a_tree(tmp_path, {f"domain.{name}": imports for name, imports in modules.items()})
    (tree / "sellergate").rename(tree / "elsewhere")
    monkeypatch.syspath_prepend(tree)

    assert foreign_imports("elsewhere.domain", "elsewhere") == {
        ("elsewhere.domain.plan", "sellergate"),
        ("elsewhere.domain.plan", "sqlalchemy"),
    }
