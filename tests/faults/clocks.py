"""R9: clocks that run back, leap days, seconds past 2038. The order of the journal is its sequence, never a clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import spoiled_books as books
from outcome import Outcome, Run

from sandyq.basics.errors import SandyqError
from sandyq.control.records import Batch
from sandyq.store.store import Store

ALMATY = timezone(timedelta(hours=5))
EARLIER = datetime(2026, 6, 30, 12, 0, tzinfo=UTC)
CASES: tuple[tuple[str, tuple[datetime, ...]], ...] = (
    ("an hour back", (EARLIER, EARLIER - timedelta(hours=1))),
    ("a year back and forth", (EARLIER, EARLIER - timedelta(days=365), EARLIER + timedelta(minutes=1))),
    ("to 1970", (EARLIER, datetime(1970, 1, 1, tzinfo=UTC))),
    ("before 1970", (EARLIER, datetime(1903, 5, 4, tzinfo=UTC))),
    ("the same microsecond", (EARLIER, EARLIER, EARLIER)),
    ("a leap day", (datetime(2028, 2, 28, 23, 59, 59, tzinfo=UTC), datetime(2028, 2, 29, tzinfo=UTC),
                    datetime(2028, 3, 1, tzinfo=UTC))),
    ("1900 has none, 2000 has one", (datetime(2000, 2, 29, 23, tzinfo=UTC), datetime(2000, 3, 1, tzinfo=UTC))),
    ("the last second of 32 bits", (datetime(2038, 1, 19, 3, 14, 7, tzinfo=UTC),
                                    datetime(2038, 1, 19, 3, 14, 8, tzinfo=UTC))),
    ("long after 2038", (datetime(2107, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),)),
    ("another zone", (EARLIER.astimezone(ALMATY), (EARLIER + timedelta(seconds=1)).astimezone(UTC))),
    ("the hour that summer time repeats", (datetime(2026, 10, 25, 1, 30, tzinfo=timezone(timedelta(hours=2))),
                                           datetime(2026, 10, 25, 1, 30, tzinfo=timezone(timedelta(hours=1))))),
    ("a moment without a zone", (datetime(2026, 6, 30, 12, 0),)),
)


def clocks(run: Run) -> Outcome:
    outcome = Outcome("R9", len(CASES))
    for number, (name, moments) in enumerate(CASES):
        book = run.folder / f"{number}.sandyq"
        outcome.tried += 1
        what = _what(book, moments)
        if what:
            outcome.fail(f"seed {run.seed}, {name}: {what}")
        else:
            outcome.caught += 1
    return outcome


def _what(path: Path, given: tuple[datetime, ...]) -> str:
    # A moment without a zone is UTC: that is the convention of the chain.
    moments = [moment if moment.tzinfo else moment.replace(tzinfo=UTC) for moment in given]
    first = min(moments[0], EARLIER)
    with Store.create(path, actor="Analyst 1", now=first) as store:
        for number, (said, moment) in enumerate(zip(given, moments, strict=True)):
            rows = [books.booking(f"B-{number}", date(2028, 2, 29))]
            try:
                written = store.record(Batch("import", "Analyst 1", {}, rows), said)
            except (SandyqError, ValueError) as error:
                return f"refused: {error}"
            late = number > 0 and moment < max((first, *moments[:number]))
            if written.entry.late_clock != late:
                return f"entry {written.entry.seq} has late_clock {written.entry.late_clock}"
            if written.entry.known_at != moment:
                return f"{moment} was recorded as {written.entry.known_at}"
        sequence = [entry.seq for entry in store.entries()]
        known = {row[3] for row in store.rows("booking", known_at=max(moments))}
    seen = books.look(path, write=True)
    if sequence != list(range(1, len(moments) + 2)) or not seen.holds:
        return f"sequence {sequence}, {seen.damages}"
    return "" if known == {f"B-{number}" for number in range(len(moments))} else f"at the last moment only {known}"
