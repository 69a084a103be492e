"""PostgreSQL 15 and later: see `database`."""
