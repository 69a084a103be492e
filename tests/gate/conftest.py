import pytest
from gate_world import World, a_shop

from sellergate.adapters.memory import MemoryStore


@pytest.fixture
def store():
    return a_shop(MemoryStore())


@pytest.fixture
def world(store):
    return World(store)
