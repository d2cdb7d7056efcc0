"""Exact decimals: the only numbers that are booked, summed or compared with a cap.

Stored as canonical decimal text ("37.51", "-0.001", "0"): exact, unbounded and readable in any database browser.
"""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Context, Decimal, InvalidOperation, localcontext
from typing import Final

ZERO: Final = Decimal(0)
ONE: Final = Decimal(1)
HUNDRED: Final = Decimal(100)
CENT: Final = Decimal("0.01")
QUANTITY_STEP: Final = Decimal("0.00000001")
"""Smallest unit of a quantity that does not end (a 1:3 split): eight decimals."""

WIDE: Final = Context(prec=50, rounding=ROUND_HALF_EVEN)
"""Precision for products and quotients that are compared with a cap: 50 significant digits, half to even."""

EXACT: Final = Context(prec=2000, rounding=ROUND_HALF_EVEN)
"""Precision for sums: never rounded in practice, so the terms may come in any order and may be exchanged one by one."""


def canonical(number: Decimal) -> str:
    """Return the one spelling of `number` that is stored and hashed: no exponent, no trailing zeros, no minus zero.

    >>> canonical(Decimal("1.2300E+2"))
    '123'
    """
    if not number.is_finite():
        raise ValueError(f"{number} is not a finite number")
    if not number:
        return "0"
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def exact(text: str) -> Decimal:
    """Return the decimal written in canonical form (sign, digits, point). Raises ValueError for anything else."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ValueError(f"{text!r} is not a decimal number") from None
    if not number.is_finite():
        raise ValueError(f"{text!r} is not a finite number")
    return number


def quotient(numerator: Decimal, denominator: Decimal) -> Decimal:
    """Divide with 50 significant digits, rounding half to even. Raises ZeroDivisionError."""
    if not denominator:
        raise ZeroDivisionError("division by zero")
    with localcontext(WIDE):
        return numerator / denominator


def product(*factors: Decimal) -> Decimal:
    """Multiply with 50 significant digits: exact for every price times quantity times rate that occurs."""
    with localcontext(WIDE):
        result = ONE
        for factor in factors:
            result *= factor
        return result


def cents(amount: Decimal) -> Decimal:
    """Round to the cent, half to even: for print and JSON only, never before a comparison with a cap."""
    return amount.quantize(CENT, rounding=ROUND_HALF_EVEN, context=WIDE)


def from_float(value: float, digits: int = 15) -> Decimal:
    """Turn an estimate (a beta, a volatility) into a decimal with `digits` significant digits; never for money."""
    return Decimal(format(value, f".{digits}g"))
