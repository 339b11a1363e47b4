"""The components of the design language as template tags; `docs/reference/design.md` lists them."""
