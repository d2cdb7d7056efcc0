"""The book on one day, as it was known at one moment: valued, looked through and held against its limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cached_property

from sandyq.basics.decimals import ONE, ZERO
from sandyq.book.ledger import run
from sandyq.book.state import Basis, BookState, CostMethod, Position
from sandyq.book.transactions import Transaction
from sandyq.exposure.betas import estimate_betas
from sandyq.exposure.look_through import look_through
from sandyq.exposure.result import Beta, Exposure
from sandyq.limits.early_warning import EarlyWarning, early_warning
from sandyq.limits.evaluate import evaluate
from sandyq.limits.mandate import Mandate
from sandyq.limits.prepared import Prepared
from sandyq.limits.result import LimitsRun, Order
from sandyq.limits.snapshot import Snapshot, snapshot
from sandyq.reference.accounts import ALL_BOOKS, SLEEVE
from sandyq.risk.model import RiskModel
from sandyq.risk.paths import Draw
from sandyq.valuation.holdings import Holdings
from sandyq.valuation.value import value
from sandyq.workstation.knowledge import Knowledge
from sandyq.workstation.risk_model import risk_model
from sandyq.workstation.surrounding import Around, Gate


class Picture:
    """Each answer is computed when it is first asked for and kept; nothing in it changes afterwards."""

    def __init__(self, knowledge: Knowledge, as_of: date, *, book: str = SLEEVE, basis: Basis = Basis.TRADE,
                 cost_method: CostMethod | None = None, drawdown: float | None = None,
                 state: BookState | None = None, gate: Gate | None = None) -> None:
        self.knowledge = knowledge
        self.as_of = as_of
        self.book = book
        self.basis = basis
        self.settings = (replace(knowledge.settings, cost_method=cost_method) if cost_method
                         else knowledge.settings)
        self._drawdown = drawdown
        self._state = state
        self._gate = gate
        self._prepared: dict[tuple[Order, ...], Prepared] = {}

    @cached_property
    def mandate(self) -> Mandate:
        return self.knowledge.mandate(self.as_of, self.book)

    @cached_property
    def state(self) -> BookState:
        """The book's state, or the one that was given because another picture has it already."""
        if self._state is not None:
            return self._state
        known = self.knowledge
        return run(known.transactions, known.splits, self.settings, self.as_of, basis=self.basis,
                   usd_rate=known.usd_rate, events=known.events, transfers=known.transfers, books=known.books,
                   book=self.book)

    def under(self, mandate: Mandate) -> Picture:
        """Return the same day held against another mandate, as if that had been in force; what it does not touch is
        shared. A draft is tried on past days with this.
        """
        own = self.mandate
        known = replace(self.knowledge, mandates=(replace(mandate, valid_from=date.min, book=own.book),))
        other = Picture(known, self.as_of, book=self.book, basis=self.basis, cost_method=self.settings.cost_method,
                        drawdown=self._drawdown, state=self.state,
                        gate=self._gate if own.gate == mandate.gate else None)
        shared = ["holdings", "betas", "exposure"]
        if (own.risk, own.scenarios) == (mandate.risk, mandate.scenarios):
            shared.append("risk")
        if (own.thresholds, own.reference_funds, own.fallback_factor) == (
                mandate.thresholds, mandate.reference_funds, mandate.fallback_factor):
            for name in shared:
                other.__dict__[name] = getattr(self, name)
        return other

    @cached_property
    def own_rows(self) -> Mapping[str, tuple[Transaction, ...]]:
        """The bookings of the book's accounts by instrument id, an empty id for rows without one: for Explain."""
        known, found = self.knowledge, dict[str, list[Transaction]]()
        books = known.books
        for row in known.transactions:
            if self.book in {ALL_BOOKS, books.get(row.account, SLEEVE)}:
                found.setdefault(row.instrument, []).append(row)
        return {name: tuple(rows) for name, rows in found.items()}

    @cached_property
    def holdings(self) -> Holdings:
        known = self.knowledge
        thresholds = self.mandate.thresholds if known.has_mandate(self.book) else None
        return value(self.state, known.directory, known.market, thresholds)

    @cached_property
    def betas(self) -> Mapping[str, Beta]:
        known = self.knowledge
        return estimate_betas(known.directory, known.market, self.as_of, reference_funds=self.mandate.reference_funds)

    @cached_property
    def exposure(self) -> Exposure:
        known, mandate = self.knowledge, self.mandate
        return look_through(self.holdings, known.directory, known.market, reference_funds=mandate.reference_funds,
                            fallback_factor=mandate.fallback_factor, betas=self.betas)

    @cached_property
    def around(self) -> Around:
        """What stands around the positions: gate, papers of funds, accounts, entities."""
        return Around(self, self._gate)

    @cached_property
    def prospects(self) -> tuple[Holdings, Exposure]:
        """One valued, looked-through share of each instrument that is not held."""
        return self._prospects()

    @cached_property
    def risk(self) -> RiskModel:
        """Scenarios and stresses of the day; nothing is computed before a limit or a view asks for them."""
        return risk_model(self)

    @cached_property
    def snapshot(self) -> Snapshot:
        return self._permitted(snapshot(self.holdings, self.exposure, self.knowledge.directory, self.knowledge.market,
                                        self.mandate, drawdown=self._drawdown), self.around)

    @cached_property
    def ordering(self) -> Snapshot:
        """The snapshot with one valued share of each instrument that is not held, so that orders can name it."""
        return self._permitted(snapshot(self.holdings, self.exposure, self.knowledge.directory, self.knowledge.market,
                                        self.mandate, drawdown=self._drawdown, prospects=self.prospects),
                               Around(self, self._gate, lambda: self.prospects))

    def _permitted(self, found: Snapshot, around: Around) -> Snapshot:
        return replace(found, permits=self.knowledge.permits, around=around, risk=self.risk)

    def _prospects(self) -> tuple[Holdings, Exposure]:
        known, held = self.knowledge, self.holdings.state
        shares = {
            instrument.id: Position(instrument.id, ONE, ZERO, ())
            for instrument in known.directory
            if instrument.id not in held.positions and instrument.text("kind", self.as_of) not in {"", "reference"}
        }
        state = replace(held, positions=shares, cash=(), fundings=(), realised=(), totals={}, flows=(), findings=())
        values = value(state, known.directory, known.market, self.mandate.thresholds)
        return values, look_through(values, known.directory, known.market,
                                    reference_funds=self.mandate.reference_funds,
                                    fallback_factor=self.mandate.fallback_factor, betas=self.betas)

    @cached_property
    def limits(self) -> LimitsRun:
        return evaluate(self.snapshot, self.mandate, self.as_of)

    @cached_property
    def early_warning(self) -> EarlyWarning:
        """How near each limit is, on the paths that the mandate asks for."""
        rules = self.mandate.risk
        return early_warning(self.snapshot, self.limits, Draw(rules.paths, rules.horizon, rules.block, rules.seed))

    def prepared(self, pending: tuple[Order, ...] = ()) -> Prepared:
        """Return the state before an order, with the orders on their way; kept, so that a check costs its lines."""
        found = self._prepared.get(pending)
        if found is None:
            found = self._prepared[pending] = Prepared(self.ordering, self.mandate, pending=pending,
                                                       before=self.limits)
        return found
