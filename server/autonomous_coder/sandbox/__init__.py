"""How a command is run, contained and limited."""
