"""Sandyq's service layer: the indirect-exposure book, its value, the coins behind it and its caps, without a window."""

__version__ = "0.1.0"
