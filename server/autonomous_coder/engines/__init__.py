"""The engines: each does one job and knows no other engine; the orchestrator combines them."""
