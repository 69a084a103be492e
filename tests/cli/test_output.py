"""What goes to standard output, and what stays away from it."""

import json
import sys
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from sellergate.cli import output
from sellergate.cli.opening import listed


def test_a_table_in_a_pipe_keeps_long_ids_whole(capsys):
    id = "x" * 64

    output.show_table(["a", "b"], [(id, id)])

    assert capsys.readouterr().out.splitlines()[-2].split() == [id, id]


def test_text_is_never_read_as_markup(capsys):
    output.show_table(["name"], [("[red]Anna[/red] :smile:",)])
    output.say("[bold]x")

    assert "[red]Anna[/red] :smile:" in (shown := capsys.readouterr().out)
    assert "[bold]x" in shown


def test_json_has_times_in_utc_and_numbers(capsys):
    output.show_json({"at": datetime(2026, 3, 1, 12, tzinfo=UTC), "value": Decimal("1.5"), "name": "한빛"})

    shown = capsys.readouterr().out
    assert json.loads(shown) == {"at": "2026-03-01T12:00:00.000Z", "value": 1.5, "name": "한빛"}
    assert "한빛" in shown


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, ""), (True, "yes"), (False, "no"), (0, "0"), (datetime(2026, 3, 1, 12, tzinfo=UTC), "2026-03-01 12:00:00")],
)
def test_values_read_as_people_write_them(value, text):
    assert output.text_of(value) == text


def test_an_error_is_one_line_whatever_it_holds(capsys):
    output.fail("first\nsecond\t third")

    assert capsys.readouterr().err == "sellergate: first second third\n"


def test_a_bar_is_for_terminals_only(capsys):
    with output.progress("Working", 10) as advance:
        advance(5)

    assert capsys.readouterr() == ("", "")
    assert not sys.stderr.isatty()


def test_a_long_list_is_cut_with_its_rest_counted():
    assert listed("abc") == "a, b, c"
    assert listed(range(7)) == "0, 1, 2, 3, 4 and 2 more"
