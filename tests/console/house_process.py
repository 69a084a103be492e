"""The house's server as a process of its own, with the settings of its environment: one that can be killed."""

import signal

from house import PEOPLE

from sellergate.serving import Server
from sellergate.settings import load_settings

if __name__ == "__main__":
    with Server(load_settings(), PEOPLE):
        signal.pause()
