"""The rules of signals."""
