"""The report desk: gathers what a sheet prints, has it drawn, and writes the files whole or not at all."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from sandyq.basics.errors import BadInput
from sandyq.basics.text import N_
from sandyq.control.records import Entry
from sandyq.limits.mandate import Mandate
from sandyq.limits.result import SEVERITY, LimitsRun, State
from sandyq.performance.result import Column
from sandyq.reference.accounts import ALL_BOOKS
from sandyq.reports.kinds import REPORTS
from sandyq.reports.sheet import Counts, LimitColumns, SheetData, SourceFile, ValueColumns
from sandyq.store.files import write_whole
from sandyq.valuation.holdings import Freshness, Holdings
from sandyq.workstation.contract import Issued, Question
from sandyq.workstation.recorded import ClosedDay
from sandyq.workstation.sheet_matters import matters
from sandyq.workstation.standing import gate_words
from sandyq.workstation.tranche_book import override_sentence
from sandyq_resources import catalogues

if TYPE_CHECKING:
    from sandyq.workstation.workstation import Workstation

_LIMIT_DAYS = timedelta(days=92)
_VALUE_DAYS = timedelta(days=365)
_HEADLINE = "L02"
_CAP = "L01"


def issue(station: Workstation, q: Question, kind: str, out: Path, language: str) -> tuple[Issued, ...]:
    """Write every file of a report into a folder. Raises BadInput for an unknown kind."""
    found = next((report for report in REPORTS if report.name == kind), None)
    if found is None:
        raise BadInput("no-report", N_("There is no report of the kind {kind}.", kind=kind), remedy=N_(
            "Kinds: {kinds}.", kinds=", ".join(report.name for report in REPORTS)))
    out.mkdir(parents=True, exist_ok=True)
    issued = []
    for document in found.issue(sheet_data(station, q, language)):
        path = out / document.name
        write_whole(path, document.content)
        issued.append(Issued(path, document.sha256))
    return tuple(issued)


def sheet_data(station: Workstation, q: Question, language: str) -> SheetData:
    """Gather everything that the daily limit sheet prints."""
    picture = station.picture(q)
    entries = station.journal(q)
    imports = [entry for entry in entries if entry.kind == "import"]
    closed = _closed(station, q)
    last = entries[-1].known_at if entries else datetime(q.as_of.year, q.as_of.month, q.as_of.day, tzinfo=UTC)
    return SheetData(
        language=catalogues.language(language), book=station.name, demo=station.demo,
        final=closed is not None and closed.restated is False, prepared_by=closed.prepared_by if closed else "",
        checked_by=closed.checked_by if closed else "", data_cut_off=imports[-1].known_at if imports else last,
        known_at=q.known_at or last, chain_head=entries[-1].hash if entries else "", entries=len(entries),
        mandate=picture.mandate, holdings=picture.holdings, exposure=picture.exposure, run=picture.limits,
        counts=_counts(picture.holdings, picture.limits),
        limit_history=_limit_columns(station, q, picture.limits, picture.mandate),
        value_history=_value_columns(station, q), files=_files(entries), gate=gate_words(station, q),
        matters=matters(station, q, q.known_at or last),
        overrides=tuple(override_sentence(one) for book, rows in picture.knowledge.beside.overrides.items()
                        if q.book in {ALL_BOOKS, book} for one in rows if one.valid_from <= q.as_of),
    )


def _closed(station: Workstation, q: Question) -> ClosedDay | None:
    """Return the last signed valuation of the day; a sheet is final only while the book still says the same."""
    if not any(entry.kind == "valuation_close" for entry in station.journal(q)):
        return None
    signed = [day for day in station.records.closed_days(q) if day.day == q.as_of]
    return max(signed, key=lambda day: day.version, default=None)


def _counts(holdings: Holdings, run: LimitsRun) -> Counts:
    lines = holdings.open_lines
    usable = sum(1 for line in lines if line.freshness in {Freshness.FRESH, Freshness.AMBER})
    found = {(f.code, f.subject) for line in holdings.lines for f in line.findings}
    found |= {(f.code, f.subject) for result in run.results for f in result.findings}
    return Counts(prices=usable, expected=len(lines), missing=len(lines) - usable, findings=len(found),
                  stale=sum(1 for line in lines if line.freshness is Freshness.AMBER))


def _headline(run: LimitsRun, mandate: Mandate) -> str | None:
    """The limit whose history is drawn: the worst that has a value, else the share of reserves."""
    worst = sorted((r for r in run.results if r.state in {State.BREACH, State.SOFT_BREACH} and r.worst
                    and r.worst.value is not None), key=lambda r: SEVERITY[r.state])
    if worst:
        return worst[0].limit.id
    if mandate.limit(_HEADLINE):
        return _HEADLINE
    return mandate.limits[0].id if mandate.limits else None


def _limit_columns(station: Workstation, q: Question, run: LimitsRun, mandate: Mandate) -> LimitColumns | None:
    limit_id = _headline(run, mandate)
    first = max(q.as_of - _LIMIT_DAYS, station.first_day(q.known_at))
    if limit_id is None or first >= q.as_of:
        return None
    h = station.limit_history(q, limit_id, first)
    return LimitColumns(h.limit_id, h.unit, h.direction, h.days, h.values, h.warn, h.soft, h.hard, h.breaches, h.flows,
                        h.versions)


def cap_on(mandates: tuple[Mandate, ...], day: date) -> float | None:
    """Return the hard limit on net invested that was in force on a day."""
    in_force = [mandate for mandate in mandates if mandate.valid_from <= day]
    if not in_force:
        return None
    limit = in_force[-1].limit(_CAP)
    hard = limit.parts[0].hard if limit and limit.parts else in_force[-1].maximum
    return None if hard is None else float(hard)


def _value_columns(station: Workstation, q: Question) -> ValueColumns | None:
    first = max(q.as_of - _VALUE_DAYS, station.first_day(q.known_at))
    if first >= q.as_of:
        return None
    found = station.history(q, first)

    def known(column: Column) -> tuple[float | None, ...]:
        return tuple(None if value != value else float(value) for value in column)

    mandates = station.mandates(q)
    return ValueColumns(found.days, known(found.market_value), known(found.net_invested),
                        tuple(cap_on(mandates, day) for day in found.days))


def _files(entries: tuple[Entry, ...]) -> dict[int, SourceFile]:
    return {entry.seq: SourceFile(str(entry.payload.get("file", entry.kind)), str(entry.payload.get("sha256", "")),
                                  entry.actor, entry.known_at) for entry in entries}
