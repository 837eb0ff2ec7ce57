"""The words of the domain. Import from the modules: this package re-exports nothing."""
