"""Bookings on their way in: the symbol finds its instrument, tokens are refused, nothing is sold that is not held."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Protocol

from sandyq.basics.origin import Origin
from sandyq.basics.text import N_, Text
from sandyq.book.ledger import screen
from sandyq.book.transactions import CASH_TYPES, Transaction, TransactionType
from sandyq.reference.coins import COINS, STABLECOINS
from sandyq.reference.facts import TABLES, FactRow
from sandyq.reference.instruments import Instrument
from sandyq.reference.kinds import Kind
from sandyq.workstation.knowledge import Knowledge

_COLUMNS = TABLES["booking"].columns
_AT = {name: place + 1 for place, name in enumerate(_COLUMNS)}


class Refuse(Protocol):
    """Notes why a row is left out."""

    def __call__(self, row: FactRow, code: str, text: Text, value: str = "") -> None: ...


class Bookings:
    """Resolves and screens the rows of one file of transactions against what the book knows."""

    def __init__(self, knowledge: Knowledge, hints: Mapping[int, Mapping[str, str]], refuse: Refuse) -> None:
        self._known = knowledge
        self._hints = hints
        self._refuse = refuse

    def resolve(self, rows: Iterable[FactRow]) -> Iterator[FactRow]:
        """Yield rows with the instrument's stable id filled in; refuse those whose symbol finds none or several."""
        for row in rows:
            if TransactionType(str(row[_AT["type"]])) in CASH_TYPES and not row[_AT["symbol"]]:
                yield row
                continue
            instrument = self._instrument(row)
            if instrument is not None:
                filled = list(row)
                filled[_AT["instrument"]] = instrument.id
                yield tuple(filled)

    def _instrument(self, row: FactRow) -> Instrument | None:
        symbol = str(row[_AT["symbol"]] or "")
        day = date.fromisoformat(str(row[_AT["trade_date"]]))
        hint = self._hints.get(int(row[0] or 0), {})
        found = self._known.directory.candidates(symbol, day)
        if hint.get("mic"):
            found = tuple(i for i in found if i.mic(day) == hint["mic"])
        if hint.get("isin"):
            found = tuple(i for i in found if i.text("isin", day) in {"", hint["isin"]})
        if not found:
            self._refuse_unknown(row, symbol)
            return None
        if len(found) > 1:
            self._refuse(row, "ambiguous-symbol", N_(
                "{symbol} is the symbol of several instruments: {ids}. Give the venue in a column mic.", symbol=symbol,
                ids=", ".join(i.id for i in found)), symbol)
            return None
        if found[0].text("kind", day) in {"", Kind.REFERENCE.value}:
            self._refuse(row, "not-for-holding", N_(
                "{symbol} is a reference series, not an instrument that the sleeve may hold.", symbol=symbol), symbol)
            return None
        return found[0]

    def _refuse_unknown(self, row: FactRow, symbol: str) -> None:
        if symbol in COINS or symbol in STABLECOINS:
            clause = self._known.mandates[-1].token_clause if self._known.mandates else ""
            self._refuse(row, "token-refused", N_(
                "{symbol} is a token; the sleeve holds funds and shares only. {clause}", symbol=symbol, clause=clause),
                symbol)
            return
        self._refuse(row, "unknown-instrument", N_(
            "There is no instrument {symbol} with a kind and a venue on that day; import instruments first.",
            symbol=symbol), symbol)

    def screen(self, rows: Sequence[FactRow]) -> list[FactRow]:
        """Return the rows that the book can take: no sale of more than is held, on any day."""
        known = self._known
        wanted = {id(item): (item, row) for row in rows for item in (transaction(row),)}
        accepted, findings = screen(known.transactions, [item for item, _ in wanted.values()], known.splits,
                                    known.settings, events=known.events, transfers=known.transfers, books=known.books)
        kept = {id(item) for item in accepted}
        left_out = [row for mark, (_, row) in wanted.items() if mark not in kept]
        for row, finding in zip(left_out, findings, strict=True):
            self._refuse(row, finding.code, finding.text, str(row[_AT["quantity"]]))
        return [row for mark, (_, row) in wanted.items() if mark in kept]


def transaction(row: FactRow) -> Transaction:
    """Return a booking row as a transaction that has not been recorded yet (entry 0)."""
    text = {name: str(row[place]) if row[place] is not None else "" for name, place in _AT.items()}
    return Transaction(
        trade_date=date.fromisoformat(text["trade_date"]), settle_date=date.fromisoformat(text["settle_date"]),
        type=TransactionType(text["type"]), instrument=text["instrument"], quantity=Decimal(text["quantity"]),
        price=Decimal(text["price"]), currency=text["currency"], fees=Decimal(text["fees"]),
        taxes=Decimal(text["taxes"]), account=text["account"], reference=text["reference"], lot=text["lot"],
        note=text["note"], origin=Origin(0, int(row[0] or 0)))
