"""Commands: statements of custodians, accounts and their cash, registers of parties."""

from __future__ import annotations

from typing import Final

import click

COMMANDS: Final[tuple[click.Command, ...]] = ()
