"""Decisions that need a reason or a choice that cannot be undone."""
