"""What a server says of itself."""

import time
from typing import Final

from sqlalchemy import Connection

from sellergate.ports.survey import DatabaseSurvey

_ASKED: Final = """
    SELECT current_setting('server_version'), extract(epoch FROM clock_timestamp())::float8,
        current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
"""


def survey(connection: Connection) -> DatabaseSurvey:
    """Its version, its clock against ours, and the connections it takes from those who are not its owner."""
    before = time.time()
    version, moment, connections = connection.exec_driver_sql(_ASKED).one()
    took = time.time() - before
    return DatabaseSurvey(
        engine="PostgreSQL",
        version=version,
        ahead_seconds=moment - (before + took / 2),
        within=took,
        connections=connections,
    )
