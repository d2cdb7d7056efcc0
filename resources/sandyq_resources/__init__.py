"""Fonts, catalogues, templates, help and demo recipe; no code beyond finding them."""
