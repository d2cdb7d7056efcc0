"""Headroom three ways, from slopes: dollars and whole shares of an instrument, and the coin move to the limit."""

from __future__ import annotations

from decimal import ROUND_FLOOR, Decimal

from sandyq.basics.decimals import ONE, WIDE, ZERO, product, quotient
from sandyq.limits.mandate import Part
from sandyq.limits.result import Headroom, Measured, Slope


def headroom(measured: Measured, part: Part) -> Headroom:
    """Return the room of one group to the limit in force; negative says how much must go.

    With numerator N, denominator D and threshold t, buying x dollars gives (N + n·x) / (D + d·x) = t, so
    x = (t·D − N) / (n − t·d); a coin move m likewise with the coin slopes. Where the sleeve is under its ramp-up floor
    the denominator stands still until the floor is reached. For a minimum, x is what may be sold.
    """
    slope = measured.slope() if callable(measured.slope) else measured.slope
    level = part.in_force
    if slope is None or level is None or measured.value is None or measured.numerator is None:
        return Headroom(symbol=slope.symbol if slope else "")
    whole = measured.denominator if measured.denominator is not None else ONE
    gap = product(level, whole) - measured.numerator if measured.denominator is not None else level - measured.numerator
    fixed = measured.denominator is None
    usd = _dollars(gap, level, measured, slope, fixed=fixed)
    # A purchase that moves away from the limit never reaches it.
    if usd is not None and usd * gap < 0:
        usd = None
    if usd is not None and part.direction == "min":
        usd = -usd
    shares = None
    if usd is not None and slope.price_usd:
        shares = quotient(usd, slope.price_usd).to_integral_value(ROUND_FLOOR, context=WIDE)
    move, beyond = _coin_move(gap, level, slope, part, fixed=fixed)
    return Headroom(usd, shares, slope.symbol, move, beyond)


def _dollars(gap: Decimal, level: Decimal, measured: Measured, slope: Slope, *, fixed: bool) -> Decimal | None:
    below = ZERO if fixed else slope.buy_below
    rate = slope.buy - product(level, below)
    if not rate:
        return None
    usd = quotient(gap, rate)
    floor = slope.room_to_floor
    if floor is None or fixed or usd <= floor or measured.denominator is None or measured.numerator is None:
        return usd
    # Past the floor the denominator grows with the purchase: solve from the point where the floor is reached.
    rest = product(level, measured.denominator) - (measured.numerator + product(slope.buy, floor))
    steeper = slope.buy - product(level, slope.buy_above)
    return floor + quotient(rest, steeper) if steeper > ZERO else None


def _coin_move(gap: Decimal, level: Decimal, slope: Slope, part: Part, *, fixed: bool) -> tuple[Decimal | None, bool]:
    if slope.coin is None:
        return None, False
    rate = slope.coin - (ZERO if fixed else product(level, slope.coin_below))
    if not rate:
        return None, False
    move = quotient(gap, rate)
    if move < -ONE:
        return None, False
    return (None, part.direction == "max") if move > ONE else (move, False)
