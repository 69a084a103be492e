"""NDJSON imports are stored while they arrive, however they are cut."""

import json

import pytest
from api_world import ADMIN, ROOT, code_of
from hypothesis import given
from hypothesis import strategies as st

from sellergate.domain.errors import InvalidInput, StoreUnavailable
from sellergate.faces.directory_objects import PARSERS
from sellergate.faces.ndjson import LINE_MAX, lines_of


def line(number, **more):
    return json.dumps({"id": f"p-{number}", "name": f"상품 {number}", "supplierId": "acme"} | more)


def upload(api, content, kind="products"):
    return api.call("POST", f"{ADMIN}/{kind}/import", ROOT, content=content)


def in_pieces(content, size):
    """A body that arrives in pieces."""

    async def pieces():
        for start in range(0, len(content), size):
            yield content[start : start + size]

    return pieces()


def test_five_thousand_lines_with_bad_ones_between_them(any_api):
    api = any_api
    lines = [line(number) for number in range(5000)]
    lines[9] = "{"
    lines[2499] = line(2499, price=-1)
    lines[4999] = line(4999, supplierId="nobody")
    content = "\n".join(lines).encode()

    answer = upload(api, in_pieces(content, 7919)).json()

    assert (answer["created"], answer["updated"], answer["failed"]) == (4997, 0, 3)
    assert [error["line"] for error in answer["errors"]] == [10, 2500, 5000]
    assert answer["errors"][0]["message"] == "This is not valid JSON."
    assert answer["errors"][1]["message"] == "price: must be 0 or more"
    assert "nobody" in answer["errors"][2]["message"]


def test_what_is_imported_again_is_renewed(any_api):
    api = any_api
    content = f"{line(1)}\n{line(2)}".encode()
    assert upload(api, content).json()["created"] == 2
    again = upload(api, f"{line(1)}\n{line(2, price=5)}\n{line(3)}".encode()).json()
    assert (again["created"], again["updated"], again["failed"]) == (1, 2, 0)
    versions = [api.get(f"{ADMIN}/products/p-{number}", ROOT).json()["version"] for number in (1, 2, 3)]
    assert versions == [1, 2, 1]


@pytest.mark.parametrize("size", [1, 2, 3, 1000])
def test_lines_end_as_they_like_and_the_last_one_not_at_all(api, size):
    content = ("\ufeff" + line(1) + "\r\n\r\n" + line(2) + "\n  \n" + line(3)).encode()

    answer = upload(api, in_pieces(content, size)).json()

    assert (answer["created"], answer["failed"]) == (3, 0)
    assert api.get(f"{ADMIN}/products/p-1", ROOT).json()["name"] == "상품 1"


def test_blank_lines_are_counted_where_an_error_is_told(api):
    answer = upload(api, f"\n\n{line(1)}\nbad\n".encode()).json()
    assert answer["errors"] == [{"line": 4, "message": "This is not valid JSON."}]


def test_an_empty_import_does_nothing(api):
    assert upload(api, b"").json() == {"created": 0, "updated": 0, "failed": 0, "errors": []}


def test_a_line_of_a_mebibyte_is_that_lines_error_and_the_body_may_be_larger(api):
    long = json.dumps({"id": "long", "name": "x" * LINE_MAX})
    content = "\n".join([line(1), long, line(2)]).encode()

    answer = upload(api, in_pieces(content, 100_000)).json()

    assert (answer["created"], answer["failed"]) == (2, 1)
    assert answer["errors"] == [{"line": 2, "message": "The line is longer than 1 MiB."}]


def test_sellers_and_suppliers_are_imported_too(api):
    supplier = '{"id": "new", "name": "New", "email": "a@b.co", "locale": "ko-KR", "isTest": true, "isPartner": false}'
    assert upload(api, supplier.encode(), "suppliers").json()["created"] == 1
    seller = '{"id": "cleo", "name": "Cleo", "tier": "GOLD", "supplierId": "new", "userId": "u-9"}'
    assert upload(api, seller.encode(), "sellers").json()["created"] == 1

    assert api.get(f"{ADMIN}/suppliers/new", ROOT).json()["isTest"] is True
    assert api.get(f"{ADMIN}/sellers/cleo", ROOT).json() == {
        "id": "cleo",
        "name": "Cleo",
        "tier": "GOLD",
        "status": "ACTIVE",
        "supplierId": "new",
        "email": None,
        "locale": None,
        "userId": "u-9",
        "version": 1,
    }
    twin = '{"id": "other", "name": "O", "tier": "GOLD", "userId": "u-9"}\n{"id": "free", "name": "F", "tier": "GOLD"}'
    answer = upload(api, twin.encode(), "sellers").json()
    assert (answer["created"], answer["failed"]) == (1, 1)


def test_nothing_but_the_three_kinds_is_imported(api):
    assert code_of(upload(api, b"", "orders")) == (404, "ERR_NOT_FOUND")


def test_a_store_that_fails_half_way_is_told(api, monkeypatch):
    put = api.shop.directory._put
    seen = []

    def fail_later(work, by, entry):
        seen.append(entry)
        if len(seen) > 700:
            raise StoreUnavailable
        return put(work, by, entry)

    monkeypatch.setattr(api.shop.directory, "_put", fail_later)
    content = "\n".join(line(number) for number in range(1000)).encode()

    assert code_of(upload(api, in_pieces(content, 1000))) == (503, "ERR_SERVICE_UNAVAILABLE")
    assert api.get(f"{ADMIN}/products/p-499", ROOT).status_code == 200
    assert api.get(f"{ADMIN}/products/p-500", ROOT).status_code == 404


def test_lines_are_stored_while_others_are_still_to_come(api):
    """The first batch is in the directory before the last line was sent."""
    seen = []

    async def pieces():
        for number in range(1200):
            yield (line(number) + "\n").encode()
        seen.append((await api.send("GET", f"{ADMIN}/products/p-0", ROOT)).status_code)
        yield line(1200).encode()

    assert upload(api, pieces()).json()["created"] == 1201
    assert seen == [200]


def test_an_object_is_put_by_its_own_id(api):
    put = api.put(f"{ADMIN}/products/new", ROOT, {"id": "new", "name": "N", "active": False, "topSeller": True})
    assert put.status_code == 201
    assert put.json() == {
        "id": "new",
        "name": "N",
        "active": False,
        "topSeller": True,
        "version": 1,
        **dict.fromkeys(["supplierId", "sku", "category", "price", "dailyViews", "monthlyOrders"]),
    }
    assert api.put(f"{ADMIN}/products/new", ROOT, {"id": "new", "name": "M"}).status_code == 200
    assert code_of(api.put(f"{ADMIN}/products/new", ROOT, {"id": "old", "name": "M"})) == (400, "ERR_VALIDATION")
    assert code_of(api.get(f"{ADMIN}/suppliers/nobody", ROOT)) == (404, "ERR_SUPPLIER_NOT_FOUND")


def test_a_known_seller_keeps_their_status_unless_told_otherwise(api):
    anna = {"id": "anna", "name": "Anna", "tier": "GOLD"}
    assert api.put(f"{ADMIN}/sellers/anna", ROOT, anna | {"status": "SUSPENDED"}).json()["status"] == "SUSPENDED"
    assert api.put(f"{ADMIN}/sellers/anna", ROOT, anna).json()["status"] == "SUSPENDED"


@given(st.lists(st.text(alphabet="ab\r", max_size=5)), st.sampled_from(["\n", "\r\n"]), st.integers(1, 7))
def test_lines_are_the_same_however_they_are_cut(texts, end, size):
    content = end.join(texts).encode()
    pieces = [content[start : start + size] for start in range(0, len(content), size)]

    whole = content.split(b"\n")
    expected = [part.removesuffix(b"\r") for part in (whole if whole[-1] else whole[:-1])]
    assert list(lines_of(pieces)) == expected


@pytest.mark.parametrize(("length", "fits"), [(LINE_MAX, True), (LINE_MAX + 1, False)])
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b""])
def test_a_line_is_held_up_to_its_limit_and_no_further(length, fits, end):
    (found,) = lines_of([b"x" * 600_000, b"x" * (length - 600_000), end])
    assert (len(found) == length) is fits or len(found) == LINE_MAX + 1
    assert (len(found) <= LINE_MAX) is fits


@pytest.mark.parametrize("text", [b"null", b"[]", b"{}", b'{"id": "a"}', b"\xff", b'{"id":"a","name":"b","price":NaN}'])
def test_a_line_that_is_no_product_says_why(text):
    with pytest.raises(InvalidInput) as refused:
        PARSERS["products"](text)
    assert str(refused.value)
