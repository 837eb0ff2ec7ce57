"""Joint resolution: one module an ecosystem, each led by its real resolver."""
