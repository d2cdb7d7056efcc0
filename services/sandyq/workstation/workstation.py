"""The one door: questions about a book on a day as known at a moment, and the commands that change it.

The desks for imports and reports are imported when they are used: a window that opens a book needs neither.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from sandyq.basics.errors import BadInput
from sandyq.basics.figure import Figure
from sandyq.basics.origin import Origin
from sandyq.basics.text import N_
from sandyq.book.state import Basis, CostMethod
from sandyq.control.people import Right, Signer
from sandyq.control.records import Batch, Entry, Verification
from sandyq.exposure.result import Exposure
from sandyq.limits.mandate import Mandate
from sandyq.limits.result import Check, LimitsRun, Order
from sandyq.limits.surroundings import GateSign
from sandyq.market.series import PricePoint
from sandyq.performance.result import History
from sandyq.store.engine import damaged
from sandyq.store.market import read_mandate_texts
from sandyq.store.store import Store
from sandyq.valuation.holdings import Holdings
from sandyq.workstation import explaining, histories, orders, standing
from sandyq.workstation.contract import Changes, Issued, LimitHistory, Preview, Question, Source, Status
from sandyq.workstation.grounding import Ground
from sandyq.workstation.knowledge import Knowledge, read_knowledge
from sandyq.workstation.making import first_facts
from sandyq.workstation.picture import Picture

if TYPE_CHECKING:
    from sandyq.reference.facts import FactRow
    from sandyq.workstation.breaches import BreachDesk
    from sandyq.workstation.custody import CustodyDesk
    from sandyq.workstation.mandates import MandatesDesk
    from sandyq.workstation.ordering import OrdersDesk
    from sandyq.workstation.people import PeopleDesk
    from sandyq.workstation.permits import PermitsDesk
    from sandyq.workstation.prices import PricesDesk
    from sandyq.workstation.records import RecordsDesk
    from sandyq.workstation.risk import RiskDesk
    from sandyq.workstation.safekeeping import SafekeepingDesk
    from sandyq.workstation.today import TodayDesk
    from sandyq.workstation.tranches import TranchesDesk

_KEPT_PICTURES = 600
_VERIFIED_UNASKED = 64 * 1024 * 1024
"""Bytes: a book of this size is verified in about a second."""
_PictureKey = tuple[int, datetime | None, date, str, Basis, CostMethod | None]


def utc_now() -> datetime:
    """The clock of the command line and the window; nothing below this floor asks it."""
    return datetime.now(UTC)


def refuse_day_to_come(day: date) -> None:
    """Raise BadInput for a day after the clock's: nothing is recorded about a day that has not come."""
    if day > utc_now().date():
        raise BadInput("day-to-come", N_("{day} has not come yet; nothing is recorded about it.", day=day),
                       where=day.isoformat(), remedy=N_("Choose today or an earlier day."))


class Workstation:
    """An open book. Reading is the default; `write=True` takes the one writer's lock. Not for use by two threads."""

    def __init__(self, store: Store, path: Path, actor: str) -> None:
        self._store = store
        self.path = path
        self.actor = actor
        self.signer: Signer | None = None
        """The person who works here, with an opened key; None signs nothing."""
        self._knowledge: OrderedDict[datetime | None, Knowledge] = OrderedDict()
        self._pictures: OrderedDict[_PictureKey, Picture] = OrderedDict()
        self._drawdowns: dict[tuple[int, datetime | None, str], tuple[date, dict[date, float]]] = {}
        self._verified: Verification | None = None

    # ---- opening and closing

    @classmethod
    def open(cls, path: Path, *, actor: str, write: bool = False, passphrase: str | None = None) -> Self:
        """Open a book. Raises BadInput, IntegrityFailed or, for a second writer, BookLocked."""
        return cls(Store.open(path, write=write, actor=actor, passphrase=passphrase), path, actor)

    @classmethod
    def create(cls, path: Path, *, mandate: str, settings: Mapping[str, str], actor: str,
               passphrase: str | None = None) -> Self:
        """Make a new book with its mandate (a TOML file, or ``example``) and its conventions, open for writing."""
        facts = first_facts(mandate, settings)
        store = Store.create(path, actor=actor, now=utc_now(), passphrase=passphrase)
        store.record(Batch("new", actor, facts.payload, facts.rows), utc_now())
        return cls(store, path, actor)

    def close(self, *, back_up: bool = False) -> None:
        """Close the file. `back_up` makes a verified backup first (the window asks for one after a change)."""
        try:
            if back_up and not self.demo:
                self.safekeeping.back_up()
        finally:
            self._store.close()

    @classmethod
    def restore(cls, backup: Path, target: Path, *, actor: str, passphrase: str | None = None,
                replace: bool = False) -> Path | None:
        """Put a backup in a book's place; returns where the replaced book is kept."""
        from sandyq.workstation.safekeeping import restore

        return restore(backup, target, actor=actor, now=utc_now(), passphrase=passphrase, replace=replace)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.close()

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def demo(self) -> bool:
        return self._store.setting("demo") == "true"

    # ---- the desks, each imported when it is first wanted

    @cached_property
    def people(self) -> PeopleDesk:
        """Who works here, proposals and approvals."""
        from sandyq.workstation.people import PeopleDesk

        return PeopleDesk(self)

    @cached_property
    def records(self) -> RecordsDesk:
        """Corrections, corporate actions, closed days and periods, differences between two moments."""
        from sandyq.workstation.records import RecordsDesk

        return RecordsDesk(self)

    @cached_property
    def prices(self) -> PricesDesk:
        """Manual prices, two-source breaks, completeness, fair value levels."""
        from sandyq.workstation.prices import PricesDesk

        return PricesDesk(self)

    @cached_property
    def custody(self) -> CustodyDesk:
        """Statements and reconciliation, accounts and cash, registers."""
        from sandyq.workstation.custody import CustodyDesk

        return CustodyDesk(self)

    @cached_property
    def safekeeping(self) -> SafekeepingDesk:
        """Backups, restore drills, passphrases, signed checkpoints."""
        from sandyq.workstation.safekeeping import SafekeepingDesk

        return SafekeepingDesk(self)

    @cached_property
    def permits(self) -> PermitsDesk:
        """Eligibility, elections, reserve-asset worksheets, parties for orders, the national programme."""
        from sandyq.workstation.permits import PermitsDesk

        return PermitsDesk(self)

    @cached_property
    def rulebook(self) -> MandatesDesk:
        """Versions of the mandate, drafts, their differences, the lint and the rule bench."""
        from sandyq.workstation.mandates import MandatesDesk

        return MandatesDesk(self)

    @cached_property
    def orders(self) -> OrdersDesk:
        """Orders from proposal to booking, checks as evidence, emergency orders."""
        from sandyq.workstation.ordering import OrdersDesk

        return OrdersDesk(self)

    @cached_property
    def tranches(self) -> TranchesDesk:
        """The gate's evidence, overrides, the tranche plan and its releases, the cost of waiting."""
        from sandyq.workstation.tranches import TranchesDesk

        return TranchesDesk(self)

    @cached_property
    def breaches(self) -> BreachDesk:
        """The breach register, causes, clocks, waivers, the daily run."""
        from sandyq.workstation.breaches import BreachDesk

        return BreachDesk(self)

    @cached_property
    def risk(self) -> RiskDesk:
        """Value at risk, stresses, the way out, early warning, and what an order does to them."""
        from sandyq.workstation.risk import RiskDesk

        return RiskDesk(self)

    @cached_property
    def today(self) -> TodayDesk:
        """The morning run: seven steps, findings, what moved, what waits."""
        from sandyq.workstation.today import TodayDesk

        return TodayDesk(self)

    @property
    def store(self) -> Store:
        """The open store, for the desks of this floor only."""
        return self._store

    def record(self, kind: str, payload: Mapping[str, object], rows: Iterable[tuple[str, FactRow]], *,
               key: str = "") -> Changes:
        """Record facts under one entry by the person who works here, at once and without a second person."""
        listed = list(rows)
        try:
            written = self._store.record(Batch(kind, self.actor, payload, listed, key, self.people.signer), utc_now())
        finally:
            self.forget()
        return Changes(frozenset(table for table, _ in listed), written.entry.seq)

    def store_entry(self, seq: int) -> Entry:
        """Return an entry of the journal. Raises BadInput when there is none of that number."""
        found = self._store.entry(seq)
        if found is None:
            raise BadInput("no-entry", N_("There is no entry {entry} in the journal.", entry=seq))
        return found

    # ---- what was known, and the book on a day

    def knowledge(self, known_at: datetime | None = None) -> Knowledge:
        """Return every fact visible at a moment; kept until something is recorded."""
        found = self._knowledge.get(known_at)
        if found is None:
            try:
                found = read_knowledge(self._store, known_at)
            except (ValueError, TypeError, ArithmeticError, KeyError) as error:
                # Rows in a form that only damage or a foreign hand has made: a sentence, never a traceback.
                raise damaged(self.path.name, error) from error
            self.learn(known_at, found)
        return found

    def knows(self, known_at: datetime | None) -> bool:
        """Return whether the knowledge of a moment is at hand."""
        return known_at in self._knowledge

    def learn(self, known_at: datetime | None, found: Knowledge) -> None:
        """Keep the knowledge of a moment until something is recorded; a desk may have worked it out from another's."""
        self._knowledge[known_at] = found
        while len(self._knowledge) > 3:
            self._knowledge.popitem(last=False)

    def picture(self, q: Question, *, basis: Basis = Basis.TRADE, cost_method: CostMethod | None = None) -> Picture:
        """Return the book on the question's day; kept, because a view asks the same day many times."""
        known = self.knowledge(q.known_at)
        key = (known.head, q.known_at, q.as_of, q.book, basis, cost_method)
        found = self._pictures.get(key)
        if found is None:
            found = Picture(known, q.as_of, book=q.book, basis=basis, cost_method=cost_method,
                            drawdown=self._drawdown(known, q), gate=lambda: self._gate_sign(q))
            self._pictures[key] = found
            while len(self._pictures) > _KEPT_PICTURES:
                self._pictures.popitem(last=False)
        return found

    def _gate_sign(self, q: Question) -> GateSign | None:
        """Return the gate's state on a day for the limit that asks for it, None without a gate in the mandate."""
        from sandyq.workstation.gating import gate_on

        try:
            found = gate_on(self, q)
        except BadInput as error:
            return GateSign("", q.as_of, error.what)
        return GateSign(found.today.state.value, q.as_of) if found.in_mandate else None

    def _drawdown(self, known: Knowledge, q: Question) -> float | None:
        """Return the fall of the time-weighted index on a day, None when it cannot be computed."""
        trades = known.transactions
        if not trades or not known.has_mandate(q.book):
            return None
        key = (known.head, q.known_at, q.book)
        cached = self._drawdowns.get(key)
        if cached is None or cached[0] < q.as_of:
            first = min(row.trade_date for row in trades)
            last = max(q.as_of, self._last_price_day(known) or q.as_of)
            found = histories.sleeve_history(known, first, last, q.book)
            cached = (last, {day: float(value) for day, value in zip(found.days, found.drawdown, strict=True)})
            self._drawdowns = {key: cached}
        value = next((cached[1][day] for day in sorted(cached[1], reverse=True) if day <= q.as_of), None)
        return None if value is None or value != value else value

    @staticmethod
    def _last_price_day(known: Knowledge) -> date | None:
        days = [series.days[-1] for series in known.market.prices.values() if series.days]
        return date.fromordinal(max(days)) if days else None

    def latest_day(self, known_at: datetime | None = None) -> date:
        """Return the last day with prices; without prices the last trade, without trades today."""
        known = self.knowledge(known_at)
        last = self._last_price_day(known)
        if last is not None:
            return last
        return max((row.trade_date for row in known.transactions), default=utc_now().date())

    def first_day(self, known_at: datetime | None = None) -> date:
        """Return the first trade's day."""
        known = self.knowledge(known_at)
        return min((row.trade_date for row in known.transactions), default=self.latest_day(known_at))

    # ---- questions

    def holdings(self, q: Question, *, cost_method: CostMethod | None = None,
                 basis: Basis = Basis.TRADE) -> Holdings:
        return self.picture(q, basis=basis, cost_method=cost_method).holdings

    def exposure(self, q: Question) -> Exposure:
        return self.picture(q).exposure

    def limits(self, q: Question) -> LimitsRun:
        return self.picture(q).limits

    def mandate(self, q: Question) -> Mandate:
        return self.knowledge(q.known_at).mandate(q.as_of, q.book)

    def mandates(self, q: Question) -> tuple[Mandate, ...]:
        return self.knowledge(q.known_at).mandates

    def check(self, q: Question, basket: tuple[Order, ...], *, largest: bool = True) -> Check:
        """Hold a draft basket against every limit, on top of approved orders. Writes nothing."""
        return self.orders.check(q, basket, largest=largest)

    def check_recorded(self, q: Question, basket: tuple[Order, ...]) -> tuple[Check, str]:
        """Return the check and the hash of its inputs and result: the same inputs always give the same hash."""
        result = self.check(q, basket)
        return result, orders.fingerprint(result, self._store.head())

    def history(self, q: Question, first: date) -> History:
        return histories.sleeve_history(self.knowledge(q.known_at), first, q.as_of, q.book)

    def limit_history(self, q: Question, limit_id: str, first: date,
                      progress: histories.Progress | None = None) -> LimitHistory:
        def run_on(day: date) -> LimitsRun:
            return self.picture(Question(day, q.known_at, q.book)).limits

        return histories.limit_history(self.knowledge(q.known_at), limit_id, first, q.as_of, run_on, progress,
                                       book=q.book)

    def limits_series(self, q: Question, days: int = 63) -> dict[str, tuple[float | None, ...]]:
        """Return each limit's worst value on the last trading days, oldest first; None is Unknown."""
        span = histories.trading_days(self.knowledge(q.known_at), q.as_of - timedelta(days=2 * days), q.as_of)[-days:]
        return histories.limits_series([self.picture(Question(day, q.known_at, q.book)).limits for day in span])

    def explain(self, q: Question, key: str) -> Figure:
        """Return the tree of inputs of a figure. Raises BadInput for a key that no figure has."""
        return explaining.explain(self.picture(q), key, self._ground(q))

    def explain_keys(self, q: Question) -> tuple[str, ...]:
        """Return the key of every figure that can be explained on the question's day."""
        return explaining.keys(self.picture(q))

    def _ground(self, q: Question) -> Ground:
        return Ground(self._mandate_origin(q), lambda price, symbol: self.prices.said_by_others(q, price, symbol))

    def _mandate_origin(self, q: Question) -> Origin | None:
        if not self.knowledge(q.known_at).has_mandate(q.book):
            return None
        mandate = self.mandate(q)
        texts = read_mandate_texts(self._store, q.known_at)
        return next((row.origin for row in reversed(texts) if (row.valid_from, row.version)
                     == (mandate.valid_from, mandate.version)), None)

    def source(self, entry: int, line: int) -> Source:
        """Return where an origin leads: file, line, person, moment, hash."""
        found = self._store.entry(entry)
        if found is None:
            raise BadInput("no-entry", N_("There is no entry {entry} in the journal.", entry=entry))
        return Source(entry, str(found.payload.get("file", found.kind)), line, found.actor, found.known_at,
                      str(found.payload.get("sha256", found.content_hash)))

    def status(self, q: Question) -> Status:
        """Return what the bars of the window show."""
        return standing.status(self, q, self._store, self._verified)

    def symbols(self, q: Question) -> tuple[tuple[str, str], ...]:
        """Return (symbol, name) of every instrument that an order could name, by symbol."""
        directory = self.knowledge(q.known_at).directory
        return tuple(sorted((i.symbol(q.as_of), i.name(q.as_of)) for i in directory if i.text("kind", q.as_of)
                            not in {"", "reference"}))

    def last_price(self, q: Question, symbol: str) -> PricePoint | None:
        series = self.knowledge(q.known_at).market.prices.get(symbol)
        return series.latest(q.as_of) if series else None

    # ---- commands

    def preview(self, files: Sequence[Path], *, mapping: str | None = None,
                options: Mapping[str, str] | None = None) -> tuple[Preview, ...]:
        """Say what importing the files would do; the book is not touched."""
        from sandyq.workstation import imports

        return imports.preview(self._store, self.path, files, mapping, options or {}, self.actor, utc_now())

    def accept(self, files: Sequence[Path], *, mapping: str | None = None,
               options: Mapping[str, str] | None = None) -> tuple[Preview, ...]:
        """Import the files, each as one batch: all its good rows or nothing. Raises Refused for a role without it."""
        from sandyq.workstation import imports

        self.people.require(Right.IMPORT)
        try:
            return imports.accept(self._store, files, mapping, options or {}, self.actor, utc_now, people=self.people)
        finally:
            self.forget()

    def roll_back(self, entry: int, reason: str) -> Changes:
        """Reverse a whole import batch with a reason; what it superseded is in force again."""
        from sandyq.workstation import imports

        self.people.require(Right.IMPORT)
        try:
            return imports.roll_back(self._store, self.people, entry, reason)
        finally:
            self.forget()

    def journal(self, q: Question) -> tuple[Entry, ...]:
        return tuple(self._store.entries(q.known_at))

    def verify(self, checkpoint: str | None = None) -> Verification:
        """Check the chain and every fact row."""
        self._verified = self._store.verify(checkpoint)
        return self._verified

    def verify_unasked(self) -> bool:
        """Check the chain and every fact of a book that is small enough to do so without being asked.

        Returns whether it was done now. A flipped bit can show another figure until the book is verified.
        """
        if self._verified is not None or self.path.stat().st_size > _VERIFIED_UNASKED:
            return False
        self.verify()
        return True

    def report(self, q: Question, kind: str, out: Path, language: str) -> tuple[Issued, ...]:
        """Write a report's files into a folder and return them with their hashes."""
        from sandyq.workstation import issuing

        return issuing.issue(self, q, kind, out, language)

    def head(self) -> str:
        """Return the last hash of the chain."""
        return self._store.head()

    def forget(self) -> None:
        """Drop what was read: something was recorded."""
        self._knowledge.clear()
        self._pictures.clear()
        self._drawdowns.clear()
        self._verified = None
