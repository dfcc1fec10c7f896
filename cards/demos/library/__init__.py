"""One file per demo: `DEMO` and its `run`. docs/demos.md says how to write one."""
