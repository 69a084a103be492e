"""Importing the directory from NDJSON."""

from terminal import ndjson

SUPPLIER = {"id": "acme", "name": "Acme"}


def test_a_file_is_taken_once_as_new_and_then_as_known(terminal):
    file = terminal.file("suppliers.ndjson", b"\xef\xbb\xbf" + ndjson(SUPPLIER, {"id": "zeta", "name": "제타"}))

    assert terminal.done("import", "suppliers", file) == {"created": 2, "updated": 0, "failed": 0, "errors": []}
    assert terminal.done("import", "suppliers", file) == {"created": 0, "updated": 2, "failed": 0, "errors": []}


def test_a_bad_line_spoils_no_other_and_is_named(terminal):
    content = ndjson(SUPPLIER) + b"not json\n\n" + ndjson({"id": "zeta", "name": "Zeta", "colour": "red"})

    result = terminal("import", "suppliers", "-", "--json", stdin=content)

    assert result.status == 1
    assert (result.json["created"], result.json["failed"]) == (1, 2)
    assert [error["line"] for error in result.json["errors"]] == [2, 4]
    assert "colour" in result.json["errors"][1]["message"]


def test_people_read_a_table_and_the_bad_lines_beside_it(terminal):
    result = terminal("import", "suppliers", "-", stdin=ndjson(SUPPLIER) + b"{}\n")

    assert "created" in result.out
    assert result.err.startswith("standard input, line 2: ")


def test_a_product_needs_a_supplier_that_exists(terminal):
    result = terminal("import", "products", "-", "--json", stdin=ndjson({"id": "p", "name": "P", "supplierId": "acme"}))

    assert "Enter the supplier first" in result.json["errors"][0]["message"]


def test_an_empty_file_is_no_error(terminal):
    assert terminal("import", "products", "-").status == 0
