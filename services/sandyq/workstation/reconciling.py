"""Reconciliation: the statements that were imported, held against the book on each statement's own day (F111)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Final

from sandyq.basics.decimals import ONE, ZERO, quotient
from sandyq.basics.findings import Finding, Severity
from sandyq.basics.text import N_
from sandyq.book.reconciliation import (
    CASH,
    SECURITY,
    Compared,
    Earlier,
    Held,
    Key,
    Match,
    Side,
    Stated,
    broken_since,
    comparable,
    compare,
)
from sandyq.book.state import Basis
from sandyq.reference.accounts import ALL_BOOKS, SLEEVE, Form
from sandyq.reference.instruments import Instrument
from sandyq.store.custody import BreakNote, StatementLine, read_break_notes, read_statement_lines
from sandyq.valuation.holdings import Freshness
from sandyq.workstation.balances import quantities_by_account
from sandyq.workstation.contract import Question
from sandyq.workstation.recorded import ReconciliationLine

if TYPE_CHECKING:
    from sandyq.workstation.workstation import Workstation

TOLERANCE_BP: Final = Decimal(10)
"""How far a custodian's price may be from our close, in basis points of ours."""
_USABLE: Final = frozenset({Freshness.FRESH, Freshness.AMBER})


@dataclass(frozen=True, slots=True)
class Compares:
    """Conventions of one reconciliation. A custodian states what has settled; a broker may state by trade date."""

    basis: Basis = Basis.SETTLEMENT
    tolerance_bp: Decimal = TOLERANCE_BP


class Reconciling:
    """One reconciliation: the statements known at the question's moment against the book as known then."""

    def __init__(self, station: Workstation, q: Question, accounts: Iterable[str] | None, how: Compares) -> None:
        self._station = station
        self._q = q
        self._how = how
        self._known = station.knowledge(q.known_at)
        wanted = None if accounts is None else frozenset(accounts)
        self._lines = tuple(line for line in read_statement_lines(station.store, q.known_at)
                            if line.day <= q.as_of and (wanted is None or line.account in wanted)
                            and self._belongs(line.account))
        self.findings: list[Finding] = []
        self._held: dict[date, tuple[Held, ...]] = {}

    def _belongs(self, account: str) -> bool:
        return self._q.book == ALL_BOOKS or self._known.books.get(account, SLEEVE) == self._q.book

    @cached_property
    def sides(self) -> Mapping[Side, date]:
        """The last statement day of each account and kind on or before the question's day."""
        found: dict[Side, date] = {}
        for line in self._lines:
            side = (line.account, line.kind)
            found[side] = max(found.get(side, line.day), line.day)
        return found

    def last_day(self) -> date | None:
        """Return the last statement day, None when there is no statement."""
        return max(self.sides.values(), default=None)

    @property
    def used(self) -> tuple[StatementLine, ...]:
        """The statement lines that are compared."""
        return tuple(line for line in self._lines if line.day == self.sides[line.account, line.kind])

    def lines(self) -> tuple[ReconciliationLine, ...]:
        """Return ours against theirs, the worst break over all accounts first."""
        compared: list[tuple[Compared, date]] = []
        since: dict[Key, date] = {}
        for day in sorted(set(self.sides.values())):
            sides = [side for side, last in self.sides.items() if last == day]
            now = self._compared(day, sides, telling=True)
            compared += [(line, day) for line in now]
            since |= broken_since({line.key: line.match for line in now}, day, self._earlier(day, sides))
        notes = read_break_notes(self._station.store, self._q.known_at)
        shown = [self._shown(line, day, since[line.key], notes) for line, day in compared]
        self._tell_of_sides()
        return tuple(sorted(shown, key=_worst_first))

    # ---- one day

    def _compared(self, day: date, sides: Iterable[Side], *, telling: bool = False) -> tuple[Compared, ...]:
        chosen = frozenset(sides)
        stated = [self._stated(line, telling=telling) for line in self._lines
                  if line.day == day and (line.account, line.kind) in chosen]
        held = [item for item in self.held(day) if (item.account, item.kind) in chosen]
        if telling:
            self._tell_of_prices(held, stated)
        return compare(held, stated, chosen, lambda currency: self._known.usd_rate(currency, day),
                       tolerance_bp=self._how.tolerance_bp)

    def _earlier(self, day: date, sides: Iterable[Side]) -> Iterator[Earlier]:
        """Yield the earlier statement days of the sides with what was compared then, going back in time."""
        chosen = frozenset(sides)
        days = {line.day for line in self._lines if line.day < day and (line.account, line.kind) in chosen}
        for before in sorted(days, reverse=True):
            stated = chosen & {(line.account, line.kind) for line in self._lines if line.day == before}
            yield Earlier(before, stated, {line.key: line.match for line in self._compared(before, stated)})

    def held(self, day: date) -> tuple[Held, ...]:
        """Return what the book holds by account on a day, with the closes that may value it."""
        if day not in self._held:
            self._held[day] = tuple(self._holdings(day))
        return self._held[day]

    def _holdings(self, day: date) -> Iterator[Held]:
        q = Question(day, self._q.known_at, ALL_BOOKS)
        holdings = self._station.picture(q, basis=self._how.basis).holdings
        prices = {line.instrument.id: line.price for line in holdings.lines if line.freshness in _USABLE}
        quantities = quantities_by_account(self._station, q, self._how.basis)
        for (account, instrument), quantity in quantities.items():
            price = prices.get(instrument)
            yield Held(account, SECURITY, instrument, quantity, price.close if price else None,
                       price.currency if price else "")
        for cash in holdings.state.cash:
            yield Held(cash.account, CASH, cash.currency, cash.amount, ONE, cash.currency)

    def _stated(self, line: StatementLine, *, telling: bool) -> Stated:
        if line.kind == CASH:
            return Stated(line.account, CASH, line.currency, line.quantity, ONE, line.currency, line.origin)
        price = line.price
        if price is None and line.market_value is not None and line.quantity:
            price = quotient(line.market_value, line.quantity)
        found = self._instruments(line)
        if len(found) == 1:
            return Stated(line.account, SECURITY, found[0].id, line.quantity, price, line.currency, line.origin)
        if telling:
            self.findings.append(_not_found(line, found))
        return Stated(line.account, SECURITY, line.symbol or line.isin, line.quantity, price, line.currency,
                      line.origin, known=False)

    def _instruments(self, line: StatementLine) -> tuple[Instrument, ...]:
        """Return the instruments that a line may mean: by ISIN, else by symbol where no other ISIN is known for it."""
        directory, day = self._known.directory, line.day
        if line.isin:
            found = tuple(i for i in directory if i.text("isin", day) == line.isin and i.text("kind", day))
            if len(found) > 1 and line.symbol:
                found = tuple(i for i in found if i.symbol(day) == line.symbol) or found
            if found:
                return found
        found = tuple(i for i in directory.candidates(line.symbol, day) if i.text("kind", day) not in {"", "reference"}
                      and (not line.isin or i.text("isin", day) in {"", line.isin}))
        held = {item.subject for item in self.held(day) if item.account == line.account}
        return tuple(i for i in found if i.id in held) or found if len(found) > 1 else found

    # ---- what is said about it

    def _shown(self, line: Compared, day: date, since: date, notes: Iterable[BreakNote]) -> ReconciliationLine:
        instrument = self._known.directory.by_id(line.subject) if line.kind == SECURITY else None
        note = _latest([n for n in notes if n.account == line.account and n.subject == line.subject
                        and since <= n.day <= day]) if line.match is not Match.MATCHED else None
        owner = note.owner if note and note.owner else self._owner(line.account, day)
        return ReconciliationLine(
            line.account, line.kind, line.subject, instrument.name(day) if instrument else line.subject, line.match,
            line.ours, line.theirs, line.our_price if line.kind == SECURITY else None,
            line.their_price if line.kind == SECURITY else None, line.currency, line.value_usd, since,
            (self._q.as_of - since).days, owner, note.note if note else "", line.origin,
            note.status if note else "", day)

    def _owner(self, account: str, day: date) -> str:
        rows = [row for row in self._known.accounts if row.account == account and row.owner
                and (row.valid_from is None or row.valid_from <= day)]
        return max(rows, key=lambda row: row.valid_from or date.min).owner if rows else ""

    def _tell_of_prices(self, held: Iterable[Held], stated: Iterable[Stated]) -> None:
        ours = {item.key: item for item in held}
        for item in stated:
            own = ours.get(item.key)
            if own is None or item.kind != SECURITY or item.price is None:
                continue
            if own.price is None:
                self.findings.append(Finding(Severity.WARNING, "price-not-compared", N_(
                    "The statement's price of {subject} is not compared: the book has no usable close of that day.",
                    subject=item.subject), item.subject))
            elif not comparable(own.currency, item.currency):
                self.findings.append(Finding(Severity.WARNING, "price-not-compared", N_(
                    "The statement's price of {subject} is not compared: it is in {theirs}, ours in {ours}.",
                    subject=item.subject, theirs=item.currency, ours=own.currency), item.subject))

    def _tell_of_sides(self) -> None:
        """Say which statements are older than the last one, and what no statement speaks about."""
        last = self.last_day()
        for (account, kind), day in sorted(self.sides.items()):
            if last is not None and day < last:
                what = (N_("The money of account {account} was last stated on {day}.", account=account, day=day)
                        if kind == CASH else N_("The securities of account {account} were last stated on {day}.",
                                                account=account, day=day))
                self.findings.append(Finding(Severity.WARNING, "statement-old", what, account))
        for account in sorted({account for account, _ in self.sides}):
            for kind in (SECURITY, CASH):
                other = self.sides.get((account, SECURITY if kind == CASH else CASH))
                if (account, kind) in self.sides or other is None:
                    continue
                if any(item.account == account and item.kind == kind and item.quantity for item in self.held(other)):
                    self.findings.append(_not_stated(account, kind, expected=self._expects(account, kind)))

    def _expects(self, account: str, kind: str) -> bool:
        forms = {row.form for row in self._known.accounts if row.account == account}
        return bool(forms) and (Form.SECURITIES in forms if kind == SECURITY else forms != {Form.SECURITIES})


def _latest(notes: Iterable[BreakNote]) -> BreakNote | None:
    return max(notes, key=lambda note: (note.day, note.origin.entry), default=None)


def _not_found(line: StatementLine, found: tuple[Instrument, ...]) -> Finding:
    name = line.symbol or line.isin
    text = (N_("{name} of the statement of {account} may be any of {ids}.", name=name, account=line.account,
               ids=", ".join(instrument.id for instrument in found)) if found
            else N_("{name} of the statement of {account} is no instrument of the book.", name=name,
                    account=line.account))
    return Finding(Severity.ERROR, "statement-ambiguous" if found else "statement-unknown", text, name,
                   line=line.origin.line, value=str(line.quantity))


def _not_stated(account: str, kind: str, *, expected: bool) -> Finding:
    text = (N_("The statement of account {account} says nothing about money.", account=account) if kind == CASH
            else N_("The statement of account {account} says nothing about securities.", account=account))
    return Finding(Severity.WARNING if expected else Severity.INFO, "side-not-stated", text, account)


def _worst_first(line: ReconciliationLine) -> tuple[bool, bool, Decimal, str, str, str]:
    value = line.value_usd
    return (line.match is Match.MATCHED, value is not None, ZERO if value is None else -abs(value), line.account,
            line.kind, line.subject)
