import pytest


@pytest.fixture(params=["memory", "sqlite", "postgres", "postgres15"])
def store(request):
    return request.getfixturevalue(f"{request.param}_store")
