"""What moved between two days of one book: figures side by side, and why the market value moved, exact to the cent."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, localcontext

from sandyq.basics.decimals import WIDE, ZERO
from sandyq.basics.text import N_, Text
from sandyq.reference.kinds import LABELS, Kind
from sandyq.valuation.holdings import Line
from sandyq.workstation.picture import Picture


@dataclass(frozen=True, slots=True)
class Moved:
    """One figure then and now. None is Unknown. `percent`: the change is told as a percentage."""

    label: Text
    unit: str
    old: Decimal | None
    new: Decimal | None
    percent: bool = False

    @property
    def change(self) -> Decimal | None:
        """The difference, in per cent for prices; None where either side is Unknown."""
        if self.old is None or self.new is None or (self.percent and not self.old):
            return None
        with localcontext(WIDE):
            return (self.new / self.old - 1) * 100 if self.percent else self.new - self.old


@dataclass(frozen=True, slots=True)
class Part:
    """One bar of the bridge in USD. `total`: the value at one end, not a change; None is Unknown."""

    label: Text
    amount: Decimal | None
    total: bool = False


def moved(old: Picture, new: Picture) -> tuple[Moved, ...]:
    """Return the figures of the day beside those of an earlier one."""
    then, now = old.holdings, new.holdings
    looked = new.knowledge.has_mandate(new.book)  # without a mandate there is no look-through
    rows = [
        Moved(N_("Market value"), "USD", then.market_value_usd, now.market_value_usd),
        Moved(N_("Market value"), "KZT", then.market_value_kzt, now.market_value_kzt),
        Moved(N_("Net invested"), "USD", then.net_invested_usd, now.net_invested_usd),
        *([Moved(N_("Look-through exposure"), "USD", old.exposure.total_usd.central,
                 new.exposure.total_usd.central)] if looked else []),
        Moved(N_("Cost"), "USD", then.cost_usd, now.cost_usd),
        Moved(N_("Unrealised"), "USD", then.unrealised_usd, now.unrealised_usd),
        Moved(N_("Realised"), "USD", then.realised_usd, now.realised_usd),
    ]
    for coin in sorted(new.exposure.coin_prices) if looked else ():
        price, before = new.exposure.coin_prices[coin], old.exposure.coin_prices.get(coin)
        rows.append(Moved(N_("Coin {coin}", coin=coin), "USD", before[0] if before else None, price[0], percent=True))
    kzt = (then.kzt.rate if then.kzt else None, now.kzt.rate if now.kzt else None)
    rows.append(Moved(N_("USD/KZT"), "KZT", *kzt, percent=True))
    return tuple(rows)


def bridge(old: Picture, new: Picture) -> tuple[Part, ...]:
    """Return why the market value moved: prices by kind of holding, trades, residual.

    A line's trades are the change of its cost less the change of its realised result: purchases at cost come in,
    sales go out at their proceeds. What is left of the change is price and currency. The parts sum to the change.
    """
    with localcontext(WIDE):
        before = {line.instrument.id: line for line in old.holdings.lines}
        parts: dict[Kind, Decimal | None] = {}
        trades: Decimal | None = ZERO
        for line in new.holdings.lines:
            earlier = before.pop(line.instrument.id, None)
            bought = _traded(earlier, line)
            trades = None if trades is None or bought is None else trades + bought
            change = _less(_value(line), _value(earlier) if earlier else ZERO)
            by_price = _less(change, bought)
            known = parts.get(line.kind, ZERO)
            parts[line.kind] = None if known is None or by_price is None else known + by_price
        begins, ends = old.holdings.market_value_usd, new.holdings.market_value_usd
        explained = [*parts.values(), trades]
        whole = _less(ends, begins)
        residual = None if whole is None or any(one is None for one in explained) else whole - sum(
            (one for one in explained if one is not None), ZERO)
        listed = sorted(parts.items(), key=lambda item: -abs(item[1] or ZERO))
        return (Part(N_("Value on {day}", day=old.holdings.as_of), begins, total=True),
                *(Part(LABELS[kind], amount) for kind, amount in listed if amount is None or amount),
                Part(N_("Trades"), trades), Part(N_("Residual"), residual),
                Part(N_("Value on {day}", day=new.holdings.as_of), ends, total=True))


def _value(line: Line) -> Decimal | None:
    return line.market_value_usd if line.quantity else ZERO


def _traded(before: Line | None, now: Line) -> Decimal | None:
    cost = _less(now.cost_usd if now.quantity else ZERO, (before.cost_usd if before.quantity else ZERO)
                 if before else ZERO)
    return _less(cost, _less(now.realised_usd, before.realised_usd if before else ZERO))


def _less(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return None if one is None or other is None else one - other
