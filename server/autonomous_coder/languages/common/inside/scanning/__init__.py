"""Looks for hard-coded credentials inside the sandbox.

Needs the standard library and the scanner's package, nothing of ours. What is found is reported by
kind and place; the credential itself never leaves this process.
"""
