"""Programs of ours that run inside the sandbox: standard library only, started with `-I -S`."""
