"""Checkpoints: a project's files as content-addressed blobs and trees."""
