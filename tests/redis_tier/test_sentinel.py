"""A master that Sentinels watch: found by its name, and found again after a failover."""

from gate_world import RealClock, World, a_shop, authorize
from redis_world import eventually, lookups, tier_on

from sellergate.adapters.boot_clock import boot_now
from sellergate.adapters.memory import MemoryStore
from sellergate.adapters.redis_tier.values import encode, key_of
from sellergate.domain.authorization import Status
from sellergate.domain.gate import Facts
from sellergate.ports.feed import BEGINNING


def test_after_a_failover_the_new_master_is_asked_and_its_older_copy_is_not_believed(group):
    store = a_shop(MemoryStore())
    old = store.facts("anna", ["p-1"])[0]
    with tier_on(group.url) as tier:
        assert tier.health()["state"] == "closed"
        world = World(store, shared=lambda _boot: tier, clock=RealClock())
        assert world.gate.check("anna", "p-1").reason == "APPROVED"
        authorize(store, "anna", "p-1", Status.REVOKED)
        world.follower.sync()
        assert world.gate.check("anna", "p-1").reason == "REVOKED"

        def lands_on_the_new_master():
            tier.put_many("ben", {"p-9": Facts(1)}, read_began=boot_now())
            with group.replica.client() as client:
                return client.exists(key_of("ben", "p-9"))

        group.fail_over()
        eventually(lands_on_the_new_master)
        with group.replica.client() as new_master:  # as if it had not heard of the last put before it became the master
            new_master.set(key_of("anna", "p-1"), encode("anna", "p-1", old))

        other = World(store, shared=lambda _boot: tier, clock=RealClock(), attach=False)
        other.memory.apply(store.look(BEGINNING).changes)  # as a process replays what was announced before it started
        other.follower.attach()
        assert other.gate.check("anna", "p-1").reason == "REVOKED"
        assert lookups(other) == {"miss": 1, "outdated": 1}
