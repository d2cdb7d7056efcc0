"""From one value of a book to a later one: purchases, sales, events, price, currency; and the result beside it.

What is traded is the change of cost less the change of the realised result: purchases come in at cost, sales go out
at their proceeds. The rest of the change is gain, of which the currency has its part. Both sums hold exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext

from sandyq.basics.decimals import WIDE, ZERO
from sandyq.valuation.holdings import Holdings

Amount = Decimal | None
"""USD; None is Unknown, and whatever rests on it is Unknown too."""


@dataclass(frozen=True, slots=True)
class ValueBridge:
    """Begin + purchases + sales + events + price + currency = end. Sales are negative.

    `events` is what came or went otherwise: transfers in kind, corporate actions. `result` = price + currency + income
    + withholding + fees + taxes, the last three negative; fees and taxes are zero where the book counts them in cost.
    """

    first: date
    last: date
    begin: Amount
    purchases: Amount
    sales: Amount
    events: Amount
    price: Amount
    currency: Amount
    end: Amount
    income: Amount
    withholding: Amount
    fees: Amount
    taxes: Amount

    @property
    def steps(self) -> tuple[tuple[str, Amount], ...]:
        """What leads from the begin to the end, by name."""
        return (("purchases", self.purchases), ("sales", self.sales), ("events", self.events), ("price", self.price),
                ("currency", self.currency))

    @property
    def earned(self) -> tuple[tuple[str, Amount], ...]:
        """What the result is made of, by name."""
        return (("price", self.price), ("currency", self.currency), ("income", self.income),
                ("withholding", self.withholding), ("fees", self.fees), ("taxes", self.taxes))

    @property
    def result(self) -> Amount:
        return _sum(*(amount for _, amount in self.earned))


def value_bridge(old: Holdings, new: Holdings, purchases: Amount, sales: Amount) -> ValueBridge:
    """Return the bridge. `purchases` and `sales` are what was paid and got (both positive) after the first day."""
    gain = _less(_sum(new.unrealised_usd, new.realised_usd), _sum(old.unrealised_usd, old.realised_usd))
    traded = _less(_less(new.market_value_usd, old.market_value_usd), gain)
    currency = _less(_currency(new), _currency(old))
    apart = not new.state.settings.fees_in_cost
    return ValueBridge(
        old.as_of, new.as_of, old.market_value_usd, purchases, _less(ZERO, sales),
        _less(traded, _less(purchases, sales)), _less(gain, currency), currency, new.market_value_usd,
        _less(new.income_usd, old.income_usd), _less(old.withholding_usd, new.withholding_usd),
        _less(old.fees_usd, new.fees_usd) if apart else ZERO, _less(old.taxes_usd, new.taxes_usd) if apart else ZERO)


def _currency(held: Holdings) -> Amount:
    return _sum(*(amount for line in held.lines
                  for amount in (line.unrealised_fx_usd if line.quantity else ZERO, line.realised_fx_usd)))


def _sum(*amounts: Amount) -> Amount:
    with localcontext(WIDE):
        found = ZERO
        for amount in amounts:
            if amount is None:
                return None
            found += amount
        return found


def _less(one: Amount, other: Amount) -> Amount:
    if one is None or other is None:
        return None
    with localcontext(WIDE):
        return one - other
