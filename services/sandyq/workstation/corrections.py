"""Corrections: a reversal and a new row in one entry. The old row stays, with who reversed it, when and why (F025)."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sandyq.basics.errors import BadInput, Refused, SandyqError
from sandyq.basics.findings import Finding, Severity
from sandyq.basics.origin import Origin
from sandyq.basics.text import N_, Text
from sandyq.book.ledger import run
from sandyq.book.shortage import lot_missing
from sandyq.book.state import CostMethod
from sandyq.book.transactions import Transaction, TransactionType
from sandyq.control.people import Right
from sandyq.packs.options import ReadOptions
from sandyq.packs.reading import read_file
from sandyq.packs.report import Report
from sandyq.reference.events import Event, Transfer
from sandyq.reference.facts import TABLES, FactRow
from sandyq.store.changes import Version, versions
from sandyq.workstation.bookings import Bookings, transaction
from sandyq.workstation.contract import Changes
from sandyq.workstation.knowledge import Knowledge
from sandyq.workstation.periods import refuse_closed
from sandyq.workstation.recorded import FactVersion

if TYPE_CHECKING:
    from sandyq.workstation.workstation import Workstation

_DAYS: Final = {"booking": "trade_date", "transfer": "trade_date", "corporate_action": "ex_date"}
"""What may be reversed one by one, and the column with the day that must not be in a closed period."""
KINDS: Final = tuple(_DAYS)
_FIXED: Final = frozenset({"reference", "instrument"})
_INSTRUMENT: Final = TABLES["booking"].columns.index("instrument") + 1
_WRITTEN: Final = ("trade_date", "settle_date", "type", "symbol", "quantity", "price", "currency", "fees", "taxes",
                   "account", "lot", "note")


@dataclass(frozen=True, slots=True)
class _Current:
    """The row in force under a key, by column."""

    row_id: int
    entry: int
    line: int
    values: Mapping[str, str]


def correct(station: Workstation, reference: str, values: Mapping[str, str] | None, reason: str) -> Changes:
    """Reverse a booking and book it again with other values, in one entry; `values` None only reverses it.

    Raises BadInput (no such booking, no reason, a value that cannot be read) and Refused (reversed already, closed
    period, more would be sold than there is).
    """
    station.people.require(Right.BOOK)
    said = _reason(reason)
    old = _current(station, "booking", reference)
    refuse_closed(station, date.fromisoformat(old.values["trade_date"]), reference)
    new = None if values is None else _new_row(station, old, values)
    if new is not None:
        refuse_closed(station, date.fromisoformat(str(new[2])), reference)
    known = station.knowledge()
    replaced = (transaction(new),) if new is not None else ()
    _refuse_unnamed(known, replaced)
    refuse_unfit(known, tuple(row for row in known.transactions if row.reference != reference) + replaced,
                  known.transfers, known.events, {old.values["instrument"], *(row.instrument for row in replaced)},
                  reference)
    rows: list[tuple[str, FactRow]] = [("reversal", (0, str(old.entry), "booking", str(old.row_id), said))]
    if new is not None:
        rows.append(("booking", new))
    payload = {"reference": reference, "reason": said, "reversed_entry": old.entry}
    return station.people.post("correction", reference, rows, payload)


def reverse(station: Workstation, kind: str, identity: str, reason: str) -> Changes:
    """Reverse one booking, transfer or corporate action. Where two persons decide such facts, it is proposed.

    Raises BadInput and Refused as `correct` does.
    """
    if kind not in _DAYS:
        raise BadInput("no-such-kind", N_("Facts of the kind {kind} are not reversed one by one.", kind=kind),
                       remedy=N_("Reverse a booking, a transfer or a corporate_action."))
    if kind == "booking":
        return correct(station, identity, None, reason)
    station.people.require(Right.BOOK)
    said = _reason(reason)
    old = _current(station, kind, identity)
    refuse_closed(station, date.fromisoformat(old.values[_DAYS[kind]]), identity)
    known = station.knowledge()
    refuse_unfit(known, known.transactions, tuple(row for row in known.transfers if row.reference != identity
                                                   or kind != "transfer"),
                  tuple(event for event in known.events if event.event != identity or kind != "corporate_action"),
                  set(), identity)
    row: FactRow = (0, str(old.entry), kind, str(old.row_id), said)
    payload = {kind: identity, "reason": said, "reversed_entry": old.entry}
    return station.people.post("reversal", identity, [("reversal", row)], payload)


def history_of(station: Workstation, identity: str, kind: str = "booking") -> tuple[FactVersion, ...]:
    """Return everything ever recorded under a reference, oldest first. Raises BadInput when there is nothing."""
    if kind not in TABLES or len(TABLES[kind].key) != 1:
        raise BadInput("no-such-kind", N_("Facts of the kind {kind} have no reference.", kind=kind))
    found = versions(station.store, kind, (identity,))
    if not found:
        raise BadInput("no-such-reference", N_("There is no {kind} with the reference {reference}.", kind=kind,
                                               reference=identity))
    return tuple(_version(station, kind, item) for item in found)


def all_bookings(station: Workstation, known_at: datetime | None) -> tuple[FactVersion, ...]:
    """Return every booking known at a moment with its mark; only those that were ended cost a look at their history."""
    entries = {entry.seq: entry for entry in station.store.entries(known_at)}
    found: list[FactVersion] = []
    ended: dict[str, dict[Origin, FactVersion]] = {}
    for row, mark in station.store.all_versions("booking", known_at):
        values, origin = _by_column("booking", row), Origin(row[1], row[2])
        entry, past = entries[row[1]], None
        if mark != "current":
            reference = values["reference"]
            if reference not in ended:
                ended[reference] = {item.origin: item for item in history_of(station, reference)}
            past = ended[reference].get(origin)
        found.append(FactVersion("booking", values, mark, entry.actor, entry.known_at, origin,
                                 past.ended_actor if past else "", past.ended_at if past else None,
                                 past.ended_by if past else None, past.reason if past else ""))
    return tuple(found)


def _version(station: Workstation, kind: str, item: Version) -> FactVersion:
    entry = station.store_entry(item.row[1])
    ended = station.store_entry(item.ended_by) if item.ended_by else None
    reason = item.reason or (str(ended.payload.get("reason", "")) if ended else "")
    return FactVersion(kind, _by_column(kind, item.row), item.mark, entry.actor, entry.known_at,
                       Origin(item.row[1], item.row[2]), ended.actor if ended else "",
                       ended.known_at if ended else None, item.ended_by or None, reason)


def _by_column(table: str, row: Sequence[object]) -> dict[str, str]:
    return {name: "" if row[place] is None else str(row[place])
            for place, name in enumerate(TABLES[table].columns, 3)}


def _reason(reason: str) -> str:
    said = reason.strip()
    if not said:
        raise BadInput("no-reason", N_("A correction needs a reason."))
    return said


def _current(station: Workstation, table: str, identity: str) -> _Current:
    found = versions(station.store, table, (identity,))
    if not found:
        raise BadInput("no-such-reference", N_("There is no {kind} with the reference {reference}.", kind=table,
                                               reference=identity))
    last = next((item for item in reversed(found) if item.mark == "current"), None)
    if last is None:
        by = found[-1].ended_by
        raise Refused("reversed-already", N_("{reference} was reversed by entry {entry} already.", reference=identity,
                                             entry=by), where=identity)
    return _Current(last.row[0], last.row[1], last.row[2], _by_column(table, last.row))


def _new_row(station: Workstation, old: _Current, values: Mapping[str, str]) -> FactRow:
    """Return the corrected row, read and checked the same way as a row of a file."""
    unknown = sorted(set(values) - set(_WRITTEN))
    if unknown:
        where = ", ".join(unknown)
        if set(unknown) <= _FIXED:
            raise BadInput("column-fixed", N_("The reference and the instrument's id stay; give the symbol."),
                           where=where)
        raise BadInput("no-such-column", N_("A booking has no such column."), where=where,
                       remedy=N_("There are {columns}.", columns=", ".join(_WRITTEN)))
    merged = {name: old.values[name] for name in _WRITTEN} | {name: value.strip() for name, value in values.items()}
    row = _read(old.values["reference"], merged)
    if merged["symbol"] == old.values["symbol"]:
        row = (*row[:_INSTRUMENT], old.values["instrument"], *row[_INSTRUMENT + 1:])
    else:
        row = _resolved(station, row)
    if tuple(value or "" for value in row[1:]) == tuple(old.values.values()):
        raise BadInput("nothing-changes", N_("The booking already has these values."), where=str(row[1]))
    return row


def _read(reference: str, merged: Mapping[str, str]) -> FactRow:
    with tempfile.TemporaryDirectory(prefix="sandyq-") as folder:
        file = Path(folder) / "correction.csv"
        with file.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerows([("reference", *merged), (reference, *merged.values())])
        reading = read_file(file, ReadOptions(kind="transactions", date_format="ymd", decimal="point"))
        rows = [row for table, row in reading.rows() if table == "booking"]
        errors = tuple(item for item in reading.findings if item.severity is Severity.ERROR)
    if len(rows) != 1:
        raise BadInput("not-a-booking", N_("The corrected booking cannot be read."), where=reference, findings=errors)
    return (0, *rows[0][1:])


def _resolved(station: Workstation, row: FactRow) -> FactRow:
    """Find the instrument of another symbol. Raises BadInput with the reason."""
    report = Report("")

    def refuse(row: FactRow, code: str, text: Text, value: str = "") -> None:
        report.refuse(code, text, line=0, value=value, subject=str(row[1]))

    found = list(Bookings(station.knowledge(), {}, refuse).resolve([row]))
    if not found:
        first = report.findings[0]
        raise BadInput(first.code, first.text, where=str(row[1]), findings=report.findings)
    return found[0]


def _refuse_unnamed(known: Knowledge, rows: Sequence[Transaction]) -> None:
    """Raise Refused for a sale without a lot in a book of named lots."""
    for row in rows:
        if known.settings.cost_method is CostMethod.SPECIFIC and row.type is TransactionType.SELL and not row.lot:
            finding = lot_missing(row)
            raise Refused(finding.code, finding.text, where=row.reference, findings=(finding,))


def refuse_unfit(known: Knowledge, rows: Sequence[Transaction], transfers: Sequence[Transfer],
                  events: Sequence[Event], touched: set[str], reference: str) -> None:
    """Replay what would be left to its end. Raises Refused where more would be taken than there is on any day.

    Without events and transfers an instrument's lots depend on its own rows only, and only those are replayed.
    """
    alone = bool(touched) and not events and not transfers
    chosen = [row for row in rows if not alone or row.instrument in touched]
    last = max(chain((row.trade_date for row in chosen), (row.trade_date for row in transfers),
                     (event.ex_date for event in events)), default=date.min)
    try:
        run(chosen, known.splits, known.settings, last, usd_rate=known.usd_rate, events=events, transfers=transfers,
            books=known.books)
    except SandyqError as error:
        found = error.findings or (Finding(Severity.ERROR, error.code, error.what, reference),)
        raise Refused(error.code, N_("{reference} is needed by what was booked later.", reference=reference)
                      if error.where != reference else error.what, where=error.where, remedy=N_(
                          "Correct the later booking first."), findings=found) from error
