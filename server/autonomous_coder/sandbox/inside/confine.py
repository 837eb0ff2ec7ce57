"""Level L2."""
