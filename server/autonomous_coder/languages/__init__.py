"""One module or package a language; LANGUAGES lists them."""
