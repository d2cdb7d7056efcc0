"""Commands: corrections, corporate actions, closed days and periods, and what two moments knew differently."""

from __future__ import annotations

from typing import Final

import click

COMMANDS: Final[tuple[click.Command, ...]] = ()
