"""A gate in a process of its own, told what to do line by line: `python gate_process.py DATABASE_URL REDIS_URL`."""

import json
import sys

from gate_world import authorize

from sellergate import Gate
from sellergate.domain.authorization import Status

FULL = {"ENABLE_SELLER_AUTHORIZATION": "true", "PHASE9_ROLLOUT_PERCENTAGE": "100"}


def main(database_url, redis_url):
    with Gate.open(database_url, redis_url=redis_url, environ=FULL) as gate:
        say("open")
        for line in sys.stdin:
            verb, seller, product = line.split()
            if verb == "revoke":
                authorize(gate._assembly.store, seller, product, Status.REVOKED)
                say("done")
            else:
                answer = gate.check(seller, product)
                redis_hits = gate._local.cells.shared[0]
                say(json.dumps({"reason": answer.reason.value, "hit": answer.cache_hit, "redisHits": redis_hits}))


def say(line):
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
