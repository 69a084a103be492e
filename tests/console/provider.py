"""A real OpenID Connect provider in a process of its own: the certified `oidc-provider`, by Node."""

import json
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

HERE = Path(__file__).parent
VENV = HERE.parents[1] / ".venv"
MODULES = VENV / "node" / "node_modules"
NODE = Path(sys.executable).with_name("node")
CLIENT, SECRET = "sellergate-console", "a secret that both know"

PEOPLE = {
    "kim": {"name": "Kim Haneul", "roles": ["supplier", "a-role-of-another-program"], "supplier_id": "hanbit"},
    "lee": {
        "name": "Lee Nari",
        "roles": ["supplier", "seller", "operator"],
        "supplier_id": ["hanbit", "other"],
        "seller_id": "seller-001",
    },
    "nobody": {"name": "No One", "roles": ["another-program"]},
    "realm": {"name": "Yoon", "realm_access": {"roles": ["operator"]}},
    "odd": {"name": "Odd", "roles": ["supplier"], "supplier_id": "not an id!"},
}


class Provider:
    """The running provider."""

    def __init__(self, process, issuer):
        self._process = process
        self.issuer = issuer

    def rotate(self):
        """It signs with a new key from now on."""
        self._process.stdin.write("rotate\n")
        self._process.stdin.flush()
        for line in self._process.stdout:  # the library says things there as well
            if line == "rotated\n":
                return
        pytest.fail("The provider has ended.")


@contextmanager
def a_provider(console_url, *, public=False):
    """A provider that knows one console, at this address."""
    if not MODULES.exists():
        pytest.fail("oidc-provider is not installed: make .venv/.installed-test")
    client = {
        "client_id": CLIENT,
        "redirect_uris": [f"{console_url}/sign-in/callback"],
        "post_logout_redirect_uris": [f"{console_url}/signed-out"],
        "token_endpoint_auth_method": "none" if public else "client_secret_basic",
        **({} if public else {"client_secret": SECRET}),
    }
    command = [str(NODE), str(HERE / "provider.mjs"), str(MODULES), json.dumps(PEOPLE), json.dumps(client)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        # Left to leave: what was started is a wrapper, and a signal to it would not reach the server behind it.
        yield Provider(process, process.stdout.readline().strip())
