from store_fixtures import memory_store, sqlite_store, store

__all__ = ["memory_store", "sqlite_store", "store"]
