"""An order as people type it: ``buy 10000 IBIT @ 52.10 fee 12.50``."""

from __future__ import annotations

import re
from decimal import Decimal

from sandyq.basics.errors import BadInput
from sandyq.basics.text import N_
from sandyq.limits.result import Order

_NUMBER = r"(?:[0-9]{1,3}(?:[_\u00a0\u202f][0-9]{3})+|[0-9]+)(?:\.[0-9]+)?"
"""Thousands may be set apart, but only as thousands: 52_10 is a slip for 52.10, not 5210."""
_WHOLE, _FRACTION = 15, 12
"""Digits before and after the point: far beyond any order, and products of two such numbers stay exact."""
_ORDER = re.compile(
    rf"\s*(?P<side>buy|sell)\s+(?P<quantity>{_NUMBER})\s+(?P<symbol>[A-Za-z0-9][A-Za-z0-9.\-]*)\s*@\s*(?P<price>{_NUMBER})"
    rf"(?:\s+fee\s+(?P<fee>{_NUMBER}))?\s*", re.IGNORECASE)


def parse_order(text: str) -> Order:
    """Return the order. Raises BadInput when the text is not one, or quantity or price is zero."""
    found = _ORDER.fullmatch(text)
    if found is None:
        raise BadInput("bad-order", N_("{text} is not an order.", text=text), remedy=N_(
            "Write it as: buy 10000 IBIT @ 52.10, with fee 12.50 at the end if there is one."))
    order = Order(found["side"].lower(), _number(found["quantity"]), found["symbol"].upper(), _number(found["price"]),
                  _number(found["fee"]) if found["fee"] else None)
    if not all(_of_size(number) for number in (order.quantity, order.price, order.fee) if number is not None):
        raise BadInput("bad-order", N_(
            "A number of an order has at most {whole} digits before the point and {fraction} after it.", whole=_WHOLE,
            fraction=_FRACTION), where=text)
    if not order.quantity or not order.price:
        raise BadInput("bad-order", N_("Quantity and price of an order are above zero."), where=text)
    return order


def _of_size(number: Decimal) -> bool:
    exponent = number.as_tuple().exponent
    return number.adjusted() < _WHOLE and isinstance(exponent, int) and exponent >= -_FRACTION


def _number(text: str) -> Decimal:
    return Decimal(re.sub(r"[_\u00a0\u202f]", "", text))
