"""Fetch what the console takes from npm, as scripts/vendored.toml says, and write its checksums.

Needs npm, and asks the registry that npm is configured for. The files are committed, so nobody else needs to run it:

    .venv/bin/python scripts/renew_vendored.py
"""

import hashlib
import re
import shutil
import subprocess
import tarfile
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

ROOT: Final = Path(__file__).parents[1]
MANIFEST: Final = ROOT / "scripts" / "vendored.toml"
STATIC: Final = ROOT / "src" / "sellergate" / "faces" / "console" / "static"
SUMS: Final = STATIC / "vendored.sha256"
LICENCES: Final = "vendor/licences"
LAYERED: Final = ".css"
"""Style sheets are put into a cascade layer of their own: what stands in none beats every one of ours."""


def packages() -> list[Mapping[str, Any]]:
    """What the manifest lists."""
    listed: list[Mapping[str, Any]] = tomllib.loads(MANIFEST.read_text(encoding="utf-8"))["package"]
    return listed


def licence_file(package: Mapping[str, Any]) -> str:
    """Where the licence of a package is kept."""
    return f"{LICENCES}/{package['name'].strip('@').replace('/', '-')}.txt"


def files_of(package: Mapping[str, Any]) -> list[str]:
    """Every file a package gives, its licence among them."""
    sprite = [package["sprite"]] if "sprite" in package else []
    return [*package.get("files", {}).values(), *sprite, licence_file(package)]


def vendored() -> list[str]:
    """Every vendored file."""
    return sorted(file for package in packages() for file in files_of(package))


def checksums() -> str:
    """The checksums of all vendored files as they are now, as `sha256sum` writes them."""
    return "".join(f"{hashlib.sha256((STATIC / file).read_bytes()).hexdigest()}  {file}\n" for file in vendored())


def main() -> None:
    """Fetch everything, then write the checksums."""
    for package in packages():
        with unpacked(package) as folder:
            take(package, folder)
    SUMS.write_text(checksums(), encoding="utf-8")


@contextmanager
def unpacked(package: Mapping[str, Any]) -> Iterator[Path]:
    """The unpacked archive of a package, while the block lasts."""
    with TemporaryDirectory(prefix="vendored-") as name:
        folder = Path(name)
        command = ["npm", "pack", "--silent", f"{package['name']}@{package['version']}"]
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)  # noqa: S603  what the manifest says
        (archive,) = folder.glob("*.tgz")
        with tarfile.open(archive) as content:
            content.extractall(folder, filter="data")
        yield folder / "package"


def take(package: Mapping[str, Any], folder: Path) -> None:
    """Copy what is wanted of a package to its place."""
    for source, file in package.get("files", {}).items():
        place(file, (folder / source).read_bytes())
    if "sprite" in package:
        place(package["sprite"], sprite(folder / "icons", package["icons"]).encode())
    place(licence_file(package), (folder / "LICENSE").read_bytes())


def place(file: str, content: bytes) -> None:
    """Write one file."""
    target = STATIC / file
    target.parent.mkdir(parents=True, exist_ok=True)
    layered = b"@layer vendor {\n" + content.strip() + b"\n}\n"
    target.write_bytes(layered if target.suffix == LAYERED else content)


def sprite(icons: Path, names: list[str]) -> str:
    """One file with all these icons, each to be used by its name."""
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{"".join(symbols(icons, names))}</svg>\n'


def symbols(icons: Path, names: list[str]) -> Iterator[str]:
    """Each icon as a symbol that draws in the colour of the text around it."""
    drawn = 'viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-linecap="round" stroke-linejoin="round"'
    for name in sorted(set(names)):
        inner = re.sub(
            r"^.*?<svg[^>]*>|</svg>", "", (icons / f"{name}.svg").read_text(encoding="utf-8"), flags=re.DOTALL
        )
        shapes = " ".join(line.strip() for line in inner.splitlines() if line.strip())
        yield f'<symbol id="{name}" {drawn}>{shapes}</symbol>\n'


if __name__ == "__main__":
    if shutil.which("npm") is None:
        raise SystemExit("npm is needed to fetch the packages.")
    main()
