"""SQLite: see `database`."""
