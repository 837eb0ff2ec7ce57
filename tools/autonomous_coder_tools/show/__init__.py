"""What each kind of result says, as text and as data. One module per kind."""
