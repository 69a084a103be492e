"""A Prometheus for the tests, which scrapes whom it is told to every fraction of a second."""

import json
import shutil
from pathlib import Path
from typing import Self

import httpx

from servers.program import Program, free_port, own_folder

EVERY = "500ms"


def installed_program() -> Path:
    """The Prometheus of this machine. Raises RuntimeError with the command that installs it."""
    program = shutil.which("prometheus")
    if program is None:
        raise RuntimeError("There is no Prometheus to test with. Install it: apt-get install prometheus")
    return Path(program)


class Prometheus:
    """One server, in a folder of its own. A context manager: started on entry, removed on exit."""

    def __init__(
        self, *targets: str, job: str = "sellergate", rules: Path | None = None, alertmanager: str | None = None
    ) -> None:
        self.folder = own_folder("prometheus")
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        configuration = {
            "global": {"scrape_interval": EVERY, "scrape_timeout": EVERY, "evaluation_interval": EVERY},
            "scrape_configs": [{"job_name": job, "static_configs": [{"targets": list(targets)}]}],
        }
        if rules is not None:
            own = self.folder / rules.name  # it runs as somebody who may not look into the test's folder
            own.write_text(rules.read_text())
            own.chmod(0o644)
            configuration["rule_files"] = [str(own)]
        if alertmanager is not None:
            told = {"static_configs": [{"targets": [alertmanager]}]}
            configuration["alerting"] = {"alertmanagers": [told]}
        file = self.folder / "prometheus.json"  # JSON is YAML
        file.write_text(json.dumps(configuration))
        file.chmod(0o644)
        self._program = Program(
            [
                installed_program(),
                f"--config.file={file}",
                f"--storage.tsdb.path={self.folder / 'data'}",
                f"--web.listen-address=127.0.0.1:{self.port}",
                "--rules.alert.resend-delay=1s",  # what was told before it had found its Alertmanager
            ],
            self.folder,
        )

    def alerts(self) -> dict[str, dict[str, object]]:
        """The alerts that are firing, by name: of several of one name the last."""
        found = httpx.get(f"{self.url}/api/v1/alerts").raise_for_status().json()["data"]["alerts"]
        return {alert["labels"]["alertname"]: alert for alert in found if alert["state"] == "firing"}

    def query(self, query: str) -> list[dict[str, object]]:
        """What it answers now."""
        answer = httpx.get(f"{self.url}/api/v1/query", params={"query": query})
        return answer.raise_for_status().json()["data"]["result"]

    def __enter__(self) -> Self:
        try:
            self._program.start(self._is_ready)
        except BaseException:
            self._program.remove()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._program.remove()

    def _is_ready(self) -> bool:
        try:
            return httpx.get(f"{self.url}/-/ready").status_code == httpx.codes.OK
        except httpx.TransportError:
            return False
