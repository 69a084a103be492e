"""Nobody waits for a library that is not used."""

import subprocess
import sys

import pytest

UNUSED = ("redis", "psycopg", "uvicorn", "fastapi", "opentelemetry")
RUN = "from sellergate.cli.app import run; assert run({arguments}) == 0"
EMBEDDED = "from sellergate import Gate\nwith Gate.open({url!r}, environ={{}}) as gate: gate.check('anna', 'mug')"


@pytest.mark.parametrize(
    "what",
    [
        RUN.format(arguments=["--help"]),
        RUN.format(arguments=["migrate"]),
        RUN.format(arguments=["rollout", "status"]),
        EMBEDDED.format(url="sqlite:///shop.db"),
    ],
    ids=["help", "migrate", "rollout status", "embedded"],
)
def test_on_sqlite_neither_drivers_nor_the_web_are_imported(tmp_path, what):
    asked = f"{what}\nimport sys\nprint('imported:', [name for name in {UNUSED} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", asked], cwd=tmp_path, capture_output=True, text=True, check=True)

    assert done.stdout.splitlines()[-1] == "imported: []"
