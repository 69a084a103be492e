"""A worker's answers do not wait for what Python does now and then."""

import os
import socket
import subprocess
import sys

from sellergate.server.pauses import SWITCH_SECONDS

A_WORKER = """
import gc, sys
from sellergate import serving

class Looked(serving.DrainingServer):
    async def startup(self, sockets=None):
        await super().startup(sockets)
        print(gc.get_freeze_count(), len(gc.get_objects()), sys.getswitchinterval())
        self.should_exit = True

serving.DrainingServer = Looked
serving.work(*map(int, sys.argv[1:]))
"""


def test_a_worker_that_has_started_leaves_what_it_is_made_of_out_of_collections(tmp_path):
    environ = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": f"sqlite:///{tmp_path / 'shop.db'}",
        "SELLERGATE_JWT_SECRET": "a-secret-for-tests-of-32-bytes-or-more",
        "SELLERGATE_LOG_LEVEL": "error",
    }
    subprocess.run([sys.executable, "-m", "sellergate", "migrate"], env=environ, check=True, stdout=subprocess.DEVNULL)
    ours, theirs = socket.socketpair()
    with ours, theirs, socket.create_server(("127.0.0.1", 0)) as listener:
        given = listener.fileno(), theirs.fileno()
        worker = [sys.executable, "-c", A_WORKER, *map(str, given)]
        said = subprocess.run(worker, env=environ, check=True, pass_fds=given, capture_output=True, text=True).stdout
    left_out, looked_at, switch = map(float, said.split())

    assert left_out > 100_000 > 10_000 > looked_at
    assert switch == SWITCH_SECONDS
