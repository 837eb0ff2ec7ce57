"""Reads source files with tree-sitter inside the sandbox, without running them.

Needs the standard library and tree-sitter with its grammars, nothing of ours: it runs where the
server's own package may not be there.
"""
