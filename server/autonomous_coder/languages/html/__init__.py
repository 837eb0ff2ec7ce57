"""Static HTML, CSS and JavaScript: a pack of its own; its projects are validated as JavaScript."""
