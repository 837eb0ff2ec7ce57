"""One prompt per file pair; PROMPTS lists them."""
