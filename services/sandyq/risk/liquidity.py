"""How long selling takes: days per line, and how much of the book is cash after n days (domain.md E3, O13; F088)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from sandyq.basics.decimals import ONE, ZERO, product, quotient

STEPS: Final = (1, 2, 3, 5, 10, 20)
"""Trading days of the ladder, T+n."""


@dataclass(frozen=True, slots=True)
class Sellable:
    """A line: shares, USD, and the median daily volumes in shares of 20 and 60 sessions (None: not known)."""

    symbol: str
    quantity: Decimal
    value: Decimal | None
    volume_20: Decimal | None
    volume_60: Decimal | None

    @property
    def volume(self) -> Decimal | None:
        """The lower of the two medians; Unknown without the shorter one."""
        if self.volume_20 is None or self.volume_60 is None:
            return self.volume_20
        return min(self.volume_20, self.volume_60)


@dataclass(frozen=True, slots=True)
class ExitLine:
    """Trading days to sell a line, normally and with stressed volume; None is Unknown."""

    symbol: str
    days: Decimal | None
    stressed: Decimal | None


@dataclass(frozen=True, slots=True)
class Ladder:
    """`steps`: (n, share of the market value that is sold by T+n, the same with stressed volume), lines side by side.

    Lines without a volume count as never sold, and are named in `unknown`: the shares are then lower bounds.
    """

    participation: Decimal
    volume: Decimal
    lines: tuple[ExitLine, ...]
    steps: tuple[tuple[int, Decimal, Decimal], ...]
    unknown: tuple[str, ...]


def days_to_sell(quantity: Decimal, volume: Decimal, participation: Decimal) -> Decimal:
    """Return units / (participation × volume). O13: 600 000 against 400 000 a day at 10 % are 15 days."""
    return quotient(quantity, product(participation, volume))


def ladder(lines: Sequence[Sellable], participation: Decimal, volume: Decimal) -> Ladder:
    """Return the exit profile at a share of the volume; `volume` multiplies it under stress (domain.md E3: a third)."""
    exits = []
    for line in sorted(lines, key=lambda line: line.symbol):
        days = None if not line.volume else days_to_sell(line.quantity, line.volume, participation)
        exits.append(ExitLine(line.symbol, days, None if days is None else quotient(days, volume)))
    values = {line.symbol: line.value or ZERO for line in lines}
    whole = sum(values.values(), ZERO)

    def sold(day: int, *, stressed: bool) -> Decimal:
        total = ZERO
        for line in exits:
            days = line.stressed if stressed else line.days
            if days is not None:
                total += product(values[line.symbol], min(quotient(Decimal(day), days), ONE) if days else ONE)
        return quotient(total, whole) if whole else ZERO

    return Ladder(participation, volume, tuple(exits),
                  tuple((day, sold(day, stressed=False), sold(day, stressed=True)) for day in STEPS),
                  tuple(line.symbol for line in exits if line.days is None))
