import pytest

from servers.mail import MailServer
from servers.receiver import Receiver


@pytest.fixture
def mail():
    with MailServer() as server:
        yield server


@pytest.fixture
def receiver():
    with Receiver() as server:
        yield server
