"""What comes from others is what it was when it was fetched, has its licence, and is in the package."""

import runpy
import zipfile
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

ROOT = Path(__file__).parents[2]
VENDORED = runpy.run_path(str(ROOT / "scripts" / "renew_vendored.py"))
STATIC = VENDORED["STATIC"]


def test_vendored_files_are_as_they_were_fetched():
    assert VENDORED["SUMS"].read_text() == VENDORED["checksums"]()


@pytest.mark.parametrize("package", VENDORED["packages"](), ids=lambda package: package["name"])
def test_every_package_has_its_licence(package):
    text = (STATIC / VENDORED["licence_file"](package)).read_text()

    assert "ermission" in text
    assert package["version"]


def test_every_icon_on_a_page_is_in_the_sprite():
    import re

    sprite = (STATIC / "icons.svg").read_text()
    console = STATIC.parent
    used = set()
    for page in console.rglob("*.html"):
        used |= set(re.findall(r"icon\('([\w-]+)'", page.read_text()))

    assert len(used) > 10
    assert {name for name in used if f'id="{name}"' not in sprite} == set()


def test_the_wheel_has_every_template_file_and_catalogue(tmp_path):
    (wheel,) = WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    with zipfile.ZipFile(wheel) as content:
        packed = set(content.namelist())
    console = STATIC.parent
    needed = {
        f"sellergate/faces/console/{path.relative_to(console)}"
        for folder in ("static", "templates", "locales")
        for path in (console / folder).rglob("*")
        if path.is_file()
    }

    assert len(needed) > 40
    assert needed - packed == set()
