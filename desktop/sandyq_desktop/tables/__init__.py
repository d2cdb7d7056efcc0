"""The one table engine and what is drawn in its cells."""
