"""Commands: manual prices, sources and their breaks, completeness, fair value levels."""

from __future__ import annotations

from typing import Final

import click

COMMANDS: Final[tuple[click.Command, ...]] = ()
