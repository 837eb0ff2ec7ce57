"""State in SQLite, shared by several server processes: `store.Store` is the way in."""
