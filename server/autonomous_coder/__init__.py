"""Autonomous Coder: builds real software from a description and proves what it built."""
