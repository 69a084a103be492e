import pytest


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request, tmp_path):
    """Where processes meet: a file, or a server's database that was migrated before."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'shop.db'}"
    return request.getfixturevalue("postgres_url")
