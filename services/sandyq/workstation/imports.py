"""The import desk: files in, facts booked; all good rows of a file in one batch, or nothing.

A preview is the same import done on a scratch copy of the book, so that what it shows is what would happen.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import chain, islice
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from sandyq.basics.errors import BadInput
from sandyq.basics.findings import Finding, Severity
from sandyq.basics.text import N_, Text
from sandyq.control.records import Batch
from sandyq.limits.toml import read_mandate
from sandyq.packs.mappings import SavedMapping, from_text
from sandyq.packs.options import ReadOptions
from sandyq.packs.reading import Reading, read_file
from sandyq.packs.report import Report
from sandyq.reference.facts import TABLES, FactRow
from sandyq.store.store import Store
from sandyq.workstation import arriving, batches
from sandyq.workstation.bookings import Bookings
from sandyq.workstation.closed import refuse_edit_in_place, refuse_retroactive
from sandyq.workstation.contract import Changes, Preview
from sandyq.workstation.expected import ExpectedPrices
from sandyq.workstation.knowledge import KnownData, read_knowledge

if TYPE_CHECKING:
    from sandyq.workstation.people import PeopleDesk

_ORDER = {"mandate": 0, "calendars": 1, "instruments": 2, "splits": 3, "coins": 4, "fx": 5, "transactions": 9,
          "transfers": 10, "statement": 11}
"""Kinds that others lean on come first, then transactions, moves of them, statements; the rest keeps its order."""
_RESOLVED: Final = MappingProxyType({"corporate_actions": ("corporate_action", arriving.resolve_events),
                                     "transfers": ("transfer", arriving.resolve_transfers)})
_SAMPLE_ROWS = 12
_OF_TOKENS: Final = "token-refused"
_LOUDER = ("duplicate", "new", "superseding")
_Produced = tuple[str, FactRow]


def preview(store: Store, path: Path, files: Sequence[Path], mapping: str | None, options: Mapping[str, str],
            actor: str, now: datetime) -> tuple[Preview, ...]:
    """Import the files into a scratch copy of the book and say what happened there."""
    with tempfile.TemporaryDirectory(prefix="sandyq-") as folder:
        copy = Path(folder) / path.name
        with store.scratch(copy) as scratch:
            return accept(scratch, files, mapping, options, actor, lambda: now, dry=True)


def accept(store: Store, files: Sequence[Path], mapping: str | None, options: Mapping[str, str], actor: str,
           clock: Callable[[], datetime], *, people: PeopleDesk | None = None,
           dry: bool = False) -> tuple[Preview, ...]:
    """Import each file as one batch. A file that cannot be read at all stops the rest and raises BadInput.

    A file of facts that two persons decide in this book becomes a proposal of `people`.
    """
    how = read_options(store, mapping, options)
    readings = [(number, read_file(file, how, KnownData(store))) for number, file in enumerate(files)]
    done: dict[int, Preview] = {}
    for number, reading in sorted(readings, key=lambda item: (_ORDER.get(item[1].kind, 6), item[0])):
        done[number] = _import_one(store, reading, options, actor, clock(), people=people, dry=dry)
    return tuple(done[number] for number in sorted(done))


def read_options(store: Store, mapping: str | None, options: Mapping[str, str]) -> ReadOptions:
    """Turn what the person said into options for the readers. Raises BadInput for a day that is none."""
    adjusted = options.get("adjusted_as_of")
    try:
        day = date.fromisoformat(adjusted) if adjusted else None
    except ValueError as error:
        raise BadInput("bad-date", N_("{value} is not a day.", value=adjusted), where="adjusted-as-of",
                       remedy=N_("Write it as 2025-10-03.")) from error
    said = options.get
    return ReadOptions(
        kind=said("kind", ""), encoding=said("encoding", ""), delimiter=said("delimiter", ""),
        date_format=said("date_format", ""), decimal=said("decimal", ""), symbol=said("symbol", ""),
        currency=said("currency", ""), source=said("source", ""), basis=said("basis", ""),
        price_type=said("price_type", ""), cutoff=said("cutoff", ""), shares_basis=said("shares_basis", ""),
        mapping=_mapping(store, mapping), adjusted_as_of=day, sheet=said("sheet", ""),
        skip_rows=_rows(said("skip_rows", "")))


def _rows(text: str) -> int:
    if text and not (text.isascii() and text.isdigit()):
        raise BadInput("bad-number", N_("{value} is not a number.", value=text), where="skip-rows")
    return int(text or 0)


def _mapping(store: Store, name: str | None) -> SavedMapping | str | None:
    """A mapping saved in the book, a mapping file, or the name of one that ships."""
    if not name:
        return None
    saved = {str(row[3]): str(row[4]) for row in store.rows("mapping")}
    if name in saved:
        return from_text(saved[name], name)
    file = Path(name)
    if file.suffix.lower() == ".json" and file.is_file():
        return from_text(file.read_text(encoding="utf-8"), file.name)
    return name


def _import_one(store: Store, reading: Reading, options: Mapping[str, str], actor: str, now: datetime, *,
                people: PeopleDesk | None, dry: bool) -> Preview:
    earlier = [entry for entry in store.entries_by_content(reading.sha256)
               if entry.seq not in store.reversed_entries()]
    if earlier:
        return _imported_before(reading, earlier[-1].seq)
    tally = _Tally(store, reading)
    payload: dict[str, object] = {"file": reading.file, "kind": reading.kind, "sha256": reading.sha256,
                                  "options": dict(options)}

    def rows() -> Iterator[_Produced]:
        yield from tally.rows()
        payload.update(tally.counts())

    key = f"import:{reading.sha256}:{_times(store, reading.sha256)}"
    produced: Iterator[_Produced] = rows()
    if people is not None and people.enrolled:
        # Files of facts that two persons decide are small; a file of prices is streamed as ever.
        head = list(islice(produced, _SAMPLE_ROWS))
        kind = next((table for table, _ in head if people.controlled(table)), None)
        if kind is not None:
            changes = people.post(kind, reading.file, [*head, *produced], payload, key=key)
            return replace(tally.preview(None), proposal=changes.proposal)
        produced = chain(head, produced)
    written = store.record(Batch("import", actor, payload, produced, key, people.signer if people else None), now)
    return tally.preview(None if dry else written.entry.seq)


def _times(store: Store, sha256: str) -> int:
    """How often this content was imported before (each time reversed): part of the key that makes a retry harmless."""
    return len(store.entries_by_content(sha256))


def _imported_before(reading: Reading, entry: int) -> Preview:
    rows = sum(1 for _ in reading.rows())
    finding = Finding(Severity.INFO, "already-imported", N_(
        "The content of this file was imported by entry {entry}; nothing is booked again.", entry=entry),
        file=reading.file)
    return Preview(reading.file, reading.kind, reading.sha256, reading.read, 0, 0, rows, reading.refused,
                   (finding, *reading.findings), already_imported=entry)


class _Tally:
    """Streams a file's rows past the book: keeps what is to be recorded and counts everything else."""

    def __init__(self, store: Store, reading: Reading) -> None:
        self._store = store
        self._reading = reading
        self._counted: Counter[str] = Counter()
        self._lines: dict[object, str] = {}
        self._expected = ExpectedPrices()
        self._report = Report(reading.file)
        self.sample: list[tuple[str, ...]] = []

    def rows(self) -> Iterator[_Produced]:
        if self._reading.kind == "transactions":
            yield from self._bookings()
            return
        source = iter(self._reading.rows())
        if self._reading.kind == "mandate":
            source = self._mandates(source)
        elif self._reading.kind in _RESOLVED:
            source = self._resolved(source)
        # A file of one table is streamed; a file that speaks of several is small and sorted by table first.
        head = list(islice(source, 2_000))
        tables = {table for table, _ in head}
        if len(tables) == 1:
            table = tables.pop()
            known = read_knowledge(self._store, None) if table == "price" else None  # before the file's rows are in
            if known is not None:
                self._expected.watch(known.market.manual)
            yield from self._classified(table, _single(table, head, source))
            if known is not None:
                self._expected.note(self._report, known)
            return
        rows = [*head, *source]
        for table in sorted({table for table, _ in rows}):
            yield from self._classified(table, (row for name, row in rows if name == table))

    def _count(self, row: FactRow, verdict: str) -> None:
        """Count lines of the file, not facts: one line of an instruments file is many facts, and the loudest counts."""
        if self._reading.kind == "instruments":
            earlier = self._lines.get(row[0])
            if earlier is not None:
                if _LOUDER.index(verdict) <= _LOUDER.index(earlier):
                    return
                self._counted[earlier] -= 1
            self._lines[row[0]] = verdict
        self._counted[verdict] += 1

    def _classified(self, table: str, rows: Iterator[FactRow]) -> Iterator[_Produced]:
        for row, verdict in self._store.classify(table, rows):
            if table == "price":
                self._expected.see(row)
            if verdict == "conflict":
                self._refuse(row, "conflict", N_("The file has said something else under the same key before."))
                continue
            self._count(row, verdict)
            if verdict == "duplicate":
                continue
            if len(self.sample) < _SAMPLE_ROWS:
                self._sample(table, row)
            yield table, row

    def _bookings(self) -> Iterator[_Produced]:
        known = read_knowledge(self._store, None)
        desk = Bookings(known, self._reading.hints, self._refuse)
        beside: list[_Produced] = []
        resolved = arriving.settled(known, desk.resolve(self._of_bookings(beside)), self._reading.hints,
                                    self._report)
        fresh: list[FactRow] = []
        for row, verdict in self._store.classify("booking", resolved):
            if verdict == "new":
                fresh.append(row)
            elif verdict == "duplicate":
                self._counted["duplicate"] += 1
            else:
                self._refuse(row, "reference-used", N_(
                    "The reference {reference} is booked already with other values; a booking is corrected by a "
                    "reversal and a new entry.", reference=str(row[1])))
        accepted: set[object] = set()
        for row in desk.screen(arriving.open_bookings(self._store, fresh, self._refuse)):
            self._counted["new"] += 1
            if len(self.sample) < _SAMPLE_ROWS:
                self._sample("booking", row)
            accepted.add(row[1])
            yield "booking", row
        # How a fee was settled goes with its booking: recorded with it, or not at all.
        yield from (item for item in beside if item[0] == "stablecoin_settlement" and item[1][1] in accepted)
        transfers = [row for table, row in beside if table == "transfer"]
        if transfers:
            yield from self._classified("transfer", arriving.resolve_transfers(self._store, known, transfers,
                                                                              self._refuse))

    def _of_bookings(self, beside: list[_Produced]) -> Iterator[FactRow]:
        """Yield the bookings of the file and keep what stands beside them: transfers, settlements in tokens."""
        for table, row in self._reading.rows():
            if table == "booking":
                yield row
            else:
                beside.append((table, row))

    def _resolved(self, source: Iterator[_Produced]) -> Iterator[_Produced]:
        """Events and transfers with their instruments; the rest of such a file as it is."""
        table, resolve = _RESOLVED[self._reading.kind]
        rows = list(source)
        known = read_knowledge(self._store, None)
        yield from ((name, row) for name, row in rows if name != table)
        own = (row for name, row in rows if name == table)
        yield from ((table, row) for row in resolve(self._store, known, own, self._refuse))

    def _mandates(self, source: Iterator[_Produced]) -> Iterator[_Produced]:
        for table, row in source:
            mandate = read_mandate(str(row[4]), self._reading.file)
            refuse_retroactive(self._store, mandate.book, mandate.valid_from)
            refuse_edit_in_place(self._store, mandate.name, mandate.valid_from, str(row[4]), datetime.now(UTC).date())
            yield table, row

    def _refuse(self, row: FactRow, code: str, text: Text, value: str = "") -> None:
        line = row[0]
        self._report.refuse(code, text, line=line if isinstance(line, int) else 0, value=value)

    def _sample(self, table: str, row: FactRow) -> None:
        if not self.sample:
            self.sample.append(("line", *TABLES[table].columns))
        self.sample.append(tuple("" if value is None else str(value) for value in row))

    def counts(self) -> dict[str, object]:
        reading, ours = self._reading, self._report
        counts = Counter(reading.counts) + Counter(ours.counts)
        return {"read": reading.read, **{name: self._counted[name] for name in _LOUDER},
                "refused": reading.refused + ours.refused, "findings": dict(counts)}

    def preview(self, entry: int | None) -> Preview:
        reading, ours = self._reading, self._report
        return Preview(reading.file, reading.kind, reading.sha256, reading.read, self._counted["new"],
                       self._counted["superseding"], self._counted["duplicate"], reading.refused + ours.refused,
                       (*self._cited(reading.findings), *ours.findings), entry=entry, sample=tuple(self.sample))

    def _cited(self, found: Iterable[Finding]) -> Iterator[Finding]:
        """Add the mandate's clause to what a reader says of tokens, which knows no mandate (F014)."""
        listed = tuple(found)
        if any(item.code == _OF_TOKENS for item in listed):
            mandates = read_knowledge(self._store, None).mandates
            clause = mandates[-1].token_clause if mandates else ""
            listed = tuple(replace(item, text=N_("{refusal} {clause}", refusal=item.text, clause=clause))
                           if clause and item.code == _OF_TOKENS else item for item in listed)
        yield from listed


def _single(table: str, head: Sequence[_Produced], rest: Iterator[_Produced]) -> Iterator[FactRow]:
    for _, row in head:
        yield row
    for name, row in rest:
        assert name == table, f"a file of {table} rows has a row of {name} after many"
        yield row


def roll_back(store: Store, people: PeopleDesk, entry: int, reason: str) -> Changes:
    """Reverse a whole batch, by a proposal where two persons decide about what is in it.

    Corrections of its bookings are reversed with it. Raises BadInput when it is not a batch, has been reversed, or no
    reason is given; Refused in a closed period, and when what was booked later needs it.
    """
    found = store.entry(entry)
    if found is None or not {"file", "sha256"} <= found.payload.keys():
        raise BadInput("not-a-batch", N_("Entry {entry} is not an import.", entry=entry),
                       remedy=N_("The journal lists the imports with their numbers."))
    if entry in store.reversed_entries():
        raise BadInput("reversed-already", N_("Entry {entry} has been reversed already.", entry=entry))
    if not reason.strip():
        raise BadInput("no-reason", N_("A reversal needs a reason."))
    rows = batches.reversals(store, entry, reason.strip())
    done = people.post("reversal", str(entry), rows, {"entry": entry, "reason": reason.strip()},
                       key=f"reverse:{entry}")
    return done if done.proposal else Changes(frozenset(store.facts_of(entry)), done.entry)
