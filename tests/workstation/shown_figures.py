"""What the results of a day show for the key of a figure, read from the results themselves; and walking a tree."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from sandyq.basics.figure import Figure
from sandyq.limits.result import PartResult
from sandyq.workstation.contract import Question
from sandyq.workstation.workstation import Workstation

_RANGE = {"": "central", "low": "low", "high": "high"}


def leaves(node: Figure) -> Iterator[Figure]:
    if not node.parts:
        yield node
    for part in node.parts:
        yield from leaves(part)


def per_cent(value: Decimal | None, unit: str) -> Decimal | None:
    return value if value is None or unit != "ratio" else round(value * 100, 6)


def check_every_key(station: Workstation, q: Question) -> tuple[str, ...]:
    """Ask for every key: the tree says what is shown, and each leaf ends in a row, in words or as Unknown."""
    shown = Shown(station, q)
    keys = station.explain_keys(q)
    for key in keys:
        tree = station.explain(q, key)
        assert tree.value == shown.of(key), key
        assert tree.key == key
        for leaf in leaves(tree):
            grounded = leaf.origin is not None or (leaf.convention and leaf.note is not None)
            unknown = leaf.value is None and (leaf.note is not None or leaf.findings)
            assert grounded or unknown, (key, leaf.key)
            if leaf.origin is not None:
                assert station.source(leaf.origin.entry, leaf.origin.line).actor
    return keys


class Shown:
    """What the results show for a key."""

    def __init__(self, station: Workstation, q: Question) -> None:
        self.holdings = station.holdings(q)
        if station.knowledge().has_mandate(q.book):
            self.exposure, self.limits = station.exposure(q), station.limits(q)

    def of(self, key: str) -> Any:
        room, _, rest = key.partition("/")
        return getattr(self, f"_{room}")(rest)

    def _holdings(self, rest: str) -> Any:
        symbol, _, name = rest.partition("/")
        line = self.holdings.line(symbol)
        assert line is not None
        if name.startswith("lots/"):
            reference, _, name = name.removeprefix("lots/").rpartition("/")
            lots = [item for item in line.lots if item.lot.reference == reference.partition("#")[0]]
            item = lots[int(reference.partition("#")[2] or 1) - 1]
            return getattr(item if name in {"market_value_usd", "unrealised_usd"} else item.lot, name)
        if name == "price":
            return line.price.close if line.price else None
        if name == "fx":
            return line.fx.rate if line.fx else None
        return getattr(line, name)

    def _cash(self, rest: str) -> Any:
        account, currency, name = rest.split("/")
        line = next(x for x in self.holdings.cash if (x.cash.account, x.cash.currency) == (account, currency))
        return getattr(line.cash if name in {"amount", "unsettled"} else line, name)

    def _totals(self, rest: str) -> Any:
        name, _, side = rest.partition("/")
        if name == "exposure_usd":
            return getattr(self.exposure.total_usd, _RANGE[side])
        if name == "coin_equivalent":
            return self.exposure.coin_equivalent
        if name == "usd_kzt":
            return self.holdings.kzt.rate if self.holdings.kzt else None
        return getattr(self.holdings, name)

    def _coins(self, rest: str) -> Any:
        coin, _, side = rest.partition("/")
        return getattr(self.exposure.by_coin[coin], _RANGE[side])

    def _coins_usd(self, rest: str) -> Any:
        coin, _, side = rest.partition("/")
        return getattr(self.exposure.by_coin_usd[coin], _RANGE[side])

    def _coin_prices(self, coin: str) -> Any:
        return self.exposure.coin_prices[coin][0]

    def _custodians(self, rest: str) -> Any:
        name, _, side = rest.rpartition("/")
        found = self.exposure.by_custodian if side == "best" else self.exposure.by_custodian_worst
        return found["" if name == "unknown" else name]

    def _exposure(self, rest: str) -> Any:
        symbol, _, figure = rest.partition("/")
        line = self.exposure.line(symbol)
        assert line is not None
        name, _, part = figure.partition("/")
        match name:
            case "exposure_usd":
                return getattr(line.exposure_usd, _RANGE[part])
            case "coins" | "coins_usd":
                coin, _, side = part.partition("/")
                return getattr(getattr(line, name)[coin], _RANGE[side])
            case "coins_per_share":
                return line.coins_per_share
            case "premium":
                return None if line.premium.value is None else line.premium.value * 100  # type: ignore[union-attr]
            case "nav":
                return line.premium.nav  # type: ignore[union-attr]
            case "mnav":
                return getattr(line.mnav, part or "enterprise")
            case "beta":
                return getattr(line.beta, part or "value")
        return line.custodians["" if part == "unknown" else part]

    def _limits(self, rest: str) -> Any:
        name, _, figure = rest.partition("/")
        result = self.limits.by_id(name)
        assert result is not None
        if figure == "value":
            assert result.worst is not None
            return per_cent(result.worst.value, result.worst.part.unit)
        _, number, what = figure.split("/")
        return self._part(result.parts[int(number) - 1], what)

    @staticmethod
    def _part(part: PartResult, what: str) -> Any:
        unit = part.part.unit
        match what:
            case "value" | "excess":
                return per_cent(getattr(part, what), unit)
            case "warn" | "soft" | "hard":
                return per_cent(getattr(part.part, what), unit)
            case "utilisation":
                return per_cent(part.utilisation, "ratio")
            case "headroom_coin_move":
                return per_cent(part.headroom.coin_move, "ratio")
            case "headroom_usd" | "headroom_shares":
                return getattr(part.headroom, what.removeprefix("headroom_"))
        return getattr(part, what)

    def _events(self, rest: str) -> Any:
        state = self.holdings.state
        event, account, *_, name = rest.split("/")
        if account == "cost":
            currency = rest.split("/")[2]
            return next(getattr(kept, name) for kept in state.conservation
                        if (kept.event, kept.currency) == (event, currency))
        if name == "quantity":
            instrument = rest.split("/")[2]
            return sum(move.quantity for move in state.moves
                       if (move.reference, move.account, move.instrument) == (event, account, instrument))
        return sum(getattr(money, name) for money in state.event_cash
                   if (money.reference, money.account) == (event, account))

    def _receivables(self, rest: str) -> Any:
        return next(item.amount for item in self.holdings.state.receivables
                    if (item.event, item.account, item.currency) == tuple(rest.split("/")))
