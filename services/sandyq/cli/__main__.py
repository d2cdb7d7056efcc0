"""`sandyq COMMAND BOOK ...`: parses arguments, asks the workstation, prints."""

from __future__ import annotations

import os
import sys

import click

from sandyq import __version__
from sandyq.cli import (
    breaches,
    commands,
    custody,
    eligibility,
    gate,
    mandate,
    orders,
    people,
    performance,
    prices,
    records,
    risk,
    safekeeping,
    tranches,
)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="sandyq")
def cli() -> None:
    """Sandyq: the treasury workstation for a capped sleeve of indirect crypto exposure.

    Exit codes: 0 fine, 1 error, 2 usage, 3 hard limit breached or order refused, 4 integrity failed, 5 locked,
    6 needs approval.
    """


for group in (commands, people, records, prices, custody, eligibility, safekeeping, gate, performance, mandate,
              risk, breaches, orders, tranches):
    for command in group.COMMANDS:
        cli.add_command(command)


def main() -> None:
    """Run the command line with UTF-8 output whatever the console says."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        cli()
    except Exception as error:
        # A fault of ours: no traceback for the person, all of it for whoever asks.
        if os.environ.get("SANDYQ_TRACE"):
            raise
        click.echo(f"Sandyq stopped because of a fault of its own: {type(error).__name__}: {error}. Nothing was "
                   "recorded by this command. Set SANDYQ_TRACE=1 to see where it happened. [internal]", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
