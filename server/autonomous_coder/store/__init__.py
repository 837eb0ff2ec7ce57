"""SQLite state: projects, runs, reports, checkpoints, knowledge cache, audit."""
