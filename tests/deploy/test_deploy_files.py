"""What lies in deploy/ fits the program: no engine is there to run it, but every name in it can be held to what there is."""

import fnmatch
import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import kubernetes_validate
import pytest
import yaml
from typer.main import get_command

from sellergate.cli.app import app
from sellergate.settings import explain, load_settings, with_env_file

PROJECT = Path(__file__).parents[2]
DEPLOY = PROJECT / "deploy"
SETTINGS = {row.variable for row in explain(load_settings({}))}
OTHERS = {"PATH", "PYTHONUNBUFFERED", "POSTGRES_USER", "POSTGRES_DB", "POSTGRES_PASSWORD"}
KUBERNETES = ("1.29.0", "1.33.0", kubernetes_validate.latest_version())
MANIFESTS = sorted((DEPLOY / "kubernetes").glob("*.yaml"))
UNITS = sorted((DEPLOY / "systemd").glob("*.se*")) + sorted((DEPLOY / "systemd").glob("*.socket"))
DOCKERFILE = (DEPLOY / "Dockerfile").read_text().replace("\\\n", " ")
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text())


def steps(*verbs):
    return [line.partition(" ")[2].strip() for line in DOCKERFILE.splitlines() if line.partition(" ")[0] in verbs]


def manifest(name):
    return yaml.safe_load((DEPLOY / "kubernetes" / f"{name}.yaml").read_text())


def pod(name):
    return manifest(name)["spec"]["template"]["spec"]


def unit(path):
    """[(key, value)] of a unit file, in order."""
    lines = path.read_text().splitlines()
    return [tuple(line.split("=", 1)) for line in lines if "=" in line and not line.startswith("#")]


def is_a_command(*arguments):
    return arguments[0] in get_command(app).commands


@pytest.mark.parametrize("version", KUBERNETES)
@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: path.stem)
def test_a_manifest_is_valid(path, version):
    kubernetes_validate.validate(yaml.safe_load(path.read_text()), version, strict=True)


def test_a_wrong_manifest_would_be_seen():
    wrong = manifest("deployment")
    wrong["spec"]["template"]["spec"]["containers"][0]["readinessProbe"]["httpGet"]["pth"] = "/health"

    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, KUBERNETES[-1], strict=True)


def test_the_manifests_fit_each_other():
    labels = manifest("deployment")["spec"]["template"]["metadata"]["labels"]
    container = pod("deployment")["containers"][0]

    assert manifest("deployment")["spec"]["selector"]["matchLabels"] == labels
    assert manifest("service")["spec"]["selector"] == labels
    assert manifest("disruption-budget")["spec"]["selector"]["matchLabels"] == labels
    assert manifest("autoscaler")["spec"]["scaleTargetRef"]["name"] == manifest("deployment")["metadata"]["name"]
    assert manifest("service")["spec"]["ports"][0]["targetPort"] == container["ports"][0]["name"]
    assert container["envFrom"] == [{"configMapRef": {"name": manifest("configmap")["metadata"]["name"]}}]
    assert {mount["name"] for mount in container["volumeMounts"]} == {
        volume["name"] for volume in pod("deployment")["volumes"]
    }
    assert pod("migrate-job")["containers"][0]["image"] == container["image"] == COMPOSE["x-sellergate"]["image"]


def test_a_pod_is_given_the_time_it_takes_to_end():
    container = pod("deployment")["containers"][0]
    waits = int(container["lifecycle"]["preStop"]["exec"]["command"][1])
    grace = int(manifest("configmap")["data"]["SELLERGATE_GRACE_SECONDS"])

    assert pod("deployment")["terminationGracePeriodSeconds"] >= waits + grace + 10


def test_every_variable_is_a_setting():
    images = [service.get("environment", {}) for service in COMPOSE["services"].values()]
    containers = [pod(name)["containers"][0] for name in ("deployment", "migrate-job")]
    assigned = [part for line in steps("ENV") for part in shlex.split(line)]
    assigned += [part for path in UNITS for key, line in unit(path) if key == "Environment" for part in line.split()]
    named = {
        *(name for variables in images for name in variables),
        *manifest("configmap")["data"],
        *(variable["name"] for container in containers for variable in container["env"]),
        *(part.partition("=")[0] for part in assigned),
        *with_env_file({"SELLERGATE_ENV_FILE": str(DEPLOY / "systemd" / "sellergate.env")}),
    }

    assert {"DATABASE_URL", "SELLERGATE_HOST", "SELLERGATE_WORKERS", "SELLERGATE_ENV_FILE"} < named
    assert named - SETTINGS == OTHERS


def test_the_settings_are_ones_that_can_be_used():
    data = dict(manifest("configmap")["data"])
    own = load_settings({**data, "DATABASE_URL": "postgresql://db/sellergate"})
    file = load_settings({"SELLERGATE_ENV_FILE": str(DEPLOY / "systemd" / "sellergate.env")})

    assert (own.server.workers, file.server.workers) == (2, 4)


def test_every_command_there_is():
    commands = [shlex.split(value)[1:] for path in UNITS for key, value in unit(path) if key.startswith("ExecStart")]
    commands += [COMPOSE["services"][name]["command"] for name in ("migrate", "sellergate")]
    commands += [pod(name)["containers"][0]["args"] for name in ("deployment", "migrate-job")]
    commands += [json.loads(line) for line in steps("CMD")]

    assert json.loads(steps("ENTRYPOINT")[0]) == ["sellergate"]
    assert len(commands) == 8
    assert [command for command in commands if not is_a_command(*command)] == []


def test_every_probe_asks_what_is_answered():
    container = pod("deployment")["containers"][0]
    asked = {container[probe]["httpGet"]["path"] for probe in ("startupProbe", "readinessProbe", "livenessProbe")}
    routes = (PROJECT / "src/sellergate/faces/api/routes/health.py").read_text()

    assert asked == {"/health", "/health/ready"}
    assert {path for path in asked if f'@router.get("{path}"' not in routes} == set()
    assert "http://127.0.0.1:8000/health/ready" in DOCKERFILE


def test_every_file_the_image_is_made_of_is_there_and_let_in():
    copied = [part for line in steps("COPY") if not line.startswith("--from") for part in line.split()[:-1]]
    let_in = [line[1:] for line in (PROJECT / ".dockerignore").read_text().splitlines() if line.startswith("!")]

    assert "requirements/base.txt" in copied
    assert [path for path in copied if not (PROJECT / path).exists()] == []
    assert [path for path in copied if not any(fnmatch.fnmatch(path.split("/")[0], way) for way in let_in)] == []


def test_the_image_installs_as_the_workshop_does():
    made = (PROJECT / "Makefile").read_text()

    for words in ("--require-hashes --requirement requirements/uv.txt", "--no-deps --no-build-isolation"):
        assert words in made
        assert words in DOCKERFILE


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_systemd_understands_a_unit(path, tmp_path):
    program = shutil.which("systemd-analyze")
    known = path.read_text().replace("/opt/sellergate/bin/", f"{Path(sys.executable).parent}/")
    (tmp_path / path.name).write_text(known)
    if path.suffix == ".socket":
        service = (DEPLOY / "systemd" / "sellergate.service").read_text()
        (tmp_path / "sellergate.service").write_text(
            service.replace("/opt/sellergate/bin/", f"{Path(sys.executable).parent}/")
        )

    if program is None:  # a machine without systemd: at least the form
        assert all(re.fullmatch(r"[A-Z][A-Za-z]+", key) for key, _ in unit(path))
        return
    done = subprocess.run(
        [program, "verify", "--man=no", str(tmp_path / path.name)], capture_output=True, text=True, check=False
    )
    ours = [line for line in done.stderr.splitlines() if str(tmp_path) in line or "sellergate" in line]
    assert (done.returncode, ours) == (0, [])
