"""Starts a web service inside the sandbox, asks it what it offers, and stops it.

Standard library only: it runs without site-packages.
"""
