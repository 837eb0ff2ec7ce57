"""Checks that are the same for every language."""
