"""The document is complete: every route, every refusal, and how to prove who is calling."""

import jsonschema_rs
from api_world import openapi

from sellergate.domain.errors import SellergateError


def operations():
    for path, methods in openapi()["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def test_it_is_openapi_3_1_with_one_way_to_prove_who_is_calling():
    document = openapi()
    assert document["openapi"].startswith("3.1")
    assert document["components"]["securitySchemes"] == {
        "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
    }


def test_every_operation_has_a_name_of_its_own_and_a_sentence():
    names = [operation["operationId"] for _, _, operation in operations()]
    assert len(names) == len(set(names)) > 50
    assert [path for path, _, operation in operations() if not operation.get("summary")] == []


def test_every_guarded_operation_declares_what_any_of_them_may_refuse():
    for path, method, operation in operations():
        if operation.get("security"):
            declared = operation["responses"]
            assert {"400", "401", "403", "500", "503"} <= set(declared), (path, method)
            assert declared["401"]["x-error-codes"] == ["ERR_UNAUTHENTICATED"]


def test_sellers_and_suppliers_are_told_of_501_and_writers_of_429():
    for path, method, operation in operations():
        closable = path.startswith(("/api/v1/ds/seller", "/api/v1/ds/supplier", "/api/v1/ds/notifications"))
        assert ("501" in operation["responses"]) is closable
        writes = method != "get" and operation["tags"] != ["gate"] and not path.endswith("/import")
        assert ("429" in operation["responses"]) is writes


def test_every_refusal_is_a_problem_and_none_is_the_frameworks():
    for path, method, operation in operations():
        assert "422" not in operation["responses"], (path, method)
        for status, response in operation["responses"].items():
            if status >= "400" and "x-error-codes" in response:
                schema = response["content"]["application/problem+json"]["schema"]
                assert schema == {"$ref": "#/components/schemas/Problem"}


def test_every_error_code_it_names_is_one_of_ours():
    codes, errors = set(), [SellergateError]
    while errors:
        error = errors.pop()
        errors += error.__subclasses__()
        codes.add(error.code)
    named = {
        code
        for _, _, operation in operations()
        for response in operation["responses"].values()
        for code in response.get("x-error-codes", [])
    }
    assert named <= codes


def test_every_reference_leads_somewhere():
    document = openapi()
    schemas = document["components"]["schemas"]

    def references(node):
        if isinstance(node, dict):
            if "$ref" in node:
                yield node["$ref"].rpartition("/")[2]
            for child in node.values():
                yield from references(child)
        elif isinstance(node, list):
            for child in node:
                yield from references(child)

    assert set(references(document)) <= set(schemas)
    for name, schema in schemas.items():
        jsonschema_rs.validator_for({**schema, "components": document["components"]})
        assert name


def test_posts_but_checks_and_imports_take_an_idempotency_key():
    for path, method, operation in operations():
        names = {parameter["name"] for parameter in operation.get("parameters", [])}
        wanted = method == "post" and operation["tags"] != ["gate"] and not path.endswith("/import")
        assert ("Idempotency-Key" in names) is wanted, path
