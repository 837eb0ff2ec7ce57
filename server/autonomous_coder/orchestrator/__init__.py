"""Combines the engines: operations, the six phases of a build, and runs in the background."""
