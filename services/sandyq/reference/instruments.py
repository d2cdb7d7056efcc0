"""Instruments under a stable id; symbol, venue, kind, fee and names are attributes with dates.

A bare ticker never decides what is held: BTC and ETH are tickers of funds and codes of coins. A file's symbol is
looked up among instruments that have a kind and a venue, on the day that the row is about.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sandyq.basics.origin import Origin
from sandyq.reference.kinds import Kind
from sandyq.reference.venues import calendar_of


@dataclass(frozen=True, slots=True)
class Attribute:
    """One value of one attribute, true from `valid_from` on (None: always), as a source says."""

    value: str
    valid_from: date | None
    source: str
    quality: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Instrument:
    """One listed instrument. `id` is stable (``IBIT.XNAS``: first symbol and venue); everything else has dates.

    Attribute names: symbol, name, kind, underlying, issuer, mic, currency, fee_pct, isin, domicile, sponsor_group,
    coin_custodian, listed_from, leverage, structure, coins_per_share, amber_days, red_days. For each name the values
    are in order of `valid_from` (None first), later known last.
    """

    id: str
    attributes: Mapping[str, tuple[Attribute, ...]] = field(repr=False)

    def attribute(self, name: str, on: date) -> Attribute | None:
        """Return the attribute in force on a day: the latest `valid_from` that is not after it."""
        chosen: Attribute | None = None
        for candidate in self.attributes.get(name, ()):
            if candidate.valid_from is None or candidate.valid_from <= on:
                chosen = candidate
        return chosen

    def text(self, name: str, on: date) -> str:
        """Return the attribute's value on a day, or the earliest one known, or an empty text."""
        found = self.attribute(name, on)
        if found is not None:
            return found.value
        values = self.attributes.get(name, ())
        return values[0].value if values else ""

    def symbol(self, on: date) -> str:
        return self.text("symbol", on)

    def name(self, on: date) -> str:
        return self.text("name", on) or self.symbol(on)

    def kind(self, on: date) -> Kind:
        return Kind(self.text("kind", on))

    def mic(self, on: date) -> str:
        return self.text("mic", on)

    def market(self, on: date) -> str:
        """Return the market whose trading days the instrument keeps."""
        return calendar_of(self.mic(on))

    def currency(self, on: date) -> str:
        return self.text("currency", on) or "USD"

    def sponsor_group(self, on: date) -> str:
        """Return the group that limits of sponsors add up; the issuer where no group is given."""
        return self.text("sponsor_group", on) or self.text("issuer", on)

    def country(self, on: date) -> str:
        """Return the code of the country of domicile (``US`` of ``US-DE``), never that of the listing; empty: not said.

        Words that do not begin with a code of two letters come back as they are.
        """
        domicile = self.text("domicile", on).strip()
        return domicile[:2] if domicile[:2].isupper() and not domicile[2:3].isalpha() else domicile

    def issuer(self, on: date) -> str:
        return self.text("issuer", on)

    def fee(self, on: date) -> Decimal | None:
        """Return the yearly fee in per cent on a day, None when no source gives one."""
        found = self.attribute("fee_pct", on)
        return Decimal(found.value) if found and found.value else None

    def underlying(self, on: date) -> tuple[tuple[str, Decimal], ...]:
        """Return coin codes with their share of the assets: ``BTC:0.7673;ETH:0.1431``; a bare code counts as 1.

        Words that are not coin codes (MIXED, NONE, GOLD, prose) give nothing.
        """
        pairs: list[tuple[str, Decimal]] = []
        for part in self.text("underlying", on).split(";"):
            code, _, share = part.strip().partition(":")
            if not code.isascii() or not code.isupper() or code in {"MIXED", "NONE", "GOLD"}:
                continue
            digits = share.strip().rstrip("+")
            pairs.append((code, Decimal(digits) if digits else Decimal(1)))
        return tuple(pairs)


class Directory:
    """All instruments known at a moment; finds them by id, or by symbol on a day."""

    def __init__(self, instruments: Iterable[Instrument]) -> None:
        self._by_id = {instrument.id: instrument for instrument in instruments}
        self._by_symbol: dict[str, list[Instrument]] = {}
        for instrument in self._by_id.values():
            for symbol in {attribute.value for attribute in instrument.attributes.get("symbol", ())}:
                self._by_symbol.setdefault(symbol, []).append(instrument)

    def __iter__(self) -> Iterator[Instrument]:
        return iter(self._by_id.values())

    def __len__(self) -> int:
        return len(self._by_id)

    def by_id(self, instrument_id: str) -> Instrument | None:
        return self._by_id.get(instrument_id)

    def candidates(self, symbol: str, on: date) -> tuple[Instrument, ...]:
        """Return every instrument that bears the symbol on the day (a file must say which, if there are several)."""
        return tuple(i for i in self._by_symbol.get(symbol, ()) if i.symbol(on) == symbol)

    def symbols_of(self, instrument: Instrument) -> tuple[str, ...]:
        """Return every symbol the instrument has had, oldest first: prices may be filed under any of them."""
        return tuple(dict.fromkeys(a.value for a in instrument.attributes.get("symbol", ())))
