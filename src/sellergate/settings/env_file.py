"""The file that gives what the environment does not set itself."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from sellergate.settings.declaring import ConfigurationError

ENV_FILE: Final = "SELLERGATE_ENV_FILE"

_ASSIGNMENT: Final = re.compile(
    r"""\s*(?:export\s+)?(?P<name>[A-Za-z_]\w*)=\s*(?:(?P<mark>["'])(?P<quoted>.*)(?P=mark)|(?P<plain>[^"'].*?)?)\s*""",
    re.ASCII,
).fullmatch


def with_env_file(environ: Mapping[str, str]) -> Mapping[str, str]:
    """The environment, and from the file it names what it does not set itself. Raises ConfigurationError."""
    path = environ.get(ENV_FILE, "").strip()
    if not path:
        return environ
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise ConfigurationError(ENV_FILE, path, f"cannot be read: {reason}") from error
    added: dict[str, str] = {}
    for number, line in enumerate(lines, start=1):
        if line.strip() and not line.lstrip().startswith("#"):
            match = _ASSIGNMENT(line)
            if match is None:
                raise ConfigurationError(ENV_FILE, path, f"line {number} is not VARIABLE=VALUE")
            added[match["name"]] = match["quoted"] or match["plain"] or ""
    return {**added, **{name: value for name, value in environ.items() if value.strip() or name not in added}}
