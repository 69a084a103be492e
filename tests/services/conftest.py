import pytest


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def store(request):
    return request.getfixturevalue(f"{request.param}_store")
