"""Fonts, catalogues, templates, mandates and help: files, and the functions that find them."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parent


def path(*parts: str) -> Path:
    """Return the place of a resource, for instance ``path("fonts", "Inter-Regular.otf")``."""
    return ROOT.joinpath(*parts)


def text(*parts: str) -> str:
    """Return a text resource."""
    return path(*parts).read_text(encoding="utf-8")
