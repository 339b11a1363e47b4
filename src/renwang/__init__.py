"""Renwang 韧网: the operating system of a resilient neighbourhood."""

__version__ = "0.1.0"
