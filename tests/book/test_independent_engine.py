"""The common replay against a second engine: plain lists of fractions, day by day, written for this test alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import count

from book_rows import Published, book, event, row, transfer
from hypothesis import given, settings
from hypothesis import strategies as st

from sandyq.book.transactions import Transaction
from sandyq.reference.events import Event, EventType, Transfer

START, END = date(2025, 1, 1), date(2025, 3, 31)
ACCOUNTS, NAMES = ("A", "B"), ("P", "C", "Q")
RANK = {EventType.SPIN_OFF: 1, EventType.MERGER: 4, EventType.LIQUIDATION: 5}


@dataclass
class Piece:
    acquired: date
    reference: str
    units: Fraction
    cost: Fraction


class Plain:
    """Per account and instrument a list of pieces, oldest first; a taking that does not fit is left out."""

    def __init__(self) -> None:
        self.held: dict[tuple[str, str], list[Piece]] = {(a, n): [] for a in ACCOUNTS for n in NAMES}
        self.sold: list[tuple[str, str, Fraction, Fraction, Fraction]] = []

    def take(self, account: str, name: str, units: Fraction) -> list[Piece] | None:
        pieces = self.held[account, name]
        if sum(piece.units for piece in pieces) < units:
            return None
        taken = []
        while units:
            first = pieces[0]
            part = min(first.units, units)
            cost = first.cost * part / first.units
            taken.append(Piece(first.acquired, first.reference, part, cost))
            first.units, first.cost, units = first.units - part, first.cost - cost, units - part
            if not first.units:
                pieces.pop(0)
        return taken

    def put(self, account: str, name: str, pieces: list[Piece]) -> None:
        held = self.held[account, name]
        for piece in pieces:
            twin = next((own for own in held if own.reference == piece.reference), None)
            if twin:
                twin.units, twin.cost = twin.units + piece.units, twin.cost + piece.cost
            else:
                held.append(piece)
        held.sort(key=lambda piece: (piece.acquired, int(piece.reference[2:])))

    def sell(self, account: str, name: str, units: Fraction, price: Fraction, reference: str) -> None:
        for piece in self.take(account, name, units) or []:
            self.sold.append((reference, piece.reference, piece.units, piece.units * price, piece.cost))

    def happen(self, act: Event) -> None:
        terms = {name: Fraction(text) for name, text in act.terms.items() if name in {"ratio", "cost_share", "amount",
                                                                                     "cash"}}
        for account in ACCOUNTS:
            pieces = self.held[account, act.instrument]
            if act.type is EventType.SPIN_OFF:
                given_out = [Piece(p.acquired, p.reference, p.units * terms["ratio"], p.cost * terms["cost_share"])
                             for p in pieces]
                for piece in pieces:
                    piece.cost *= 1 - terms["cost_share"]
                self.put(account, act.terms["child"], given_out)
            elif "ratio" in terms:
                self.held[account, act.instrument] = []
                self.put(account, act.terms["acquirer"], [
                    Piece(p.acquired, p.reference, p.units * terms["ratio"], p.cost) for p in pieces])
            else:
                self.sell(account, act.instrument, sum((p.units for p in pieces), Fraction(0)),
                          terms.get("cash", terms.get("amount", Fraction(0))), act.event)


@dataclass(frozen=True)
class Facts:
    rows: list[Transaction]
    moved: list[Transfer]
    events: list[Event]
    split: Published | None


DAY = st.integers(0, 60).map(lambda number: START + timedelta(number))


@st.composite
def facts(draw: st.DrawFn) -> Facts:
    numbers = count(1)
    rows = [row("buy", draw(DAY), draw(st.integers(1, 40)), draw(st.integers(1, 90)), instrument=draw(
        st.sampled_from(NAMES)), account=draw(st.sampled_from(ACCOUNTS)), reference=f"R-{next(numbers)}")
        for _ in range(draw(st.integers(1, 7)))]
    rows += [row("sell", draw(DAY), draw(st.integers(1, 30)), draw(st.integers(1, 90)), instrument=draw(
        st.sampled_from(NAMES)), account=draw(st.sampled_from(ACCOUNTS)), reference=f"R-{next(numbers)}")
        for _ in range(draw(st.integers(0, 5)))]
    moved = []
    for _ in range(draw(st.integers(0, 3))):
        source, target = draw(st.permutations(ACCOUNTS))
        moved.append(transfer(f"M-{next(numbers)}", draw(DAY), draw(st.integers(1, 20)), source, target,
                              instrument=draw(st.sampled_from(NAMES))))
    acts = []
    for _ in range(draw(st.integers(1, 3))):
        name, other = draw(st.permutations(NAMES))[:2]
        kind, terms = draw(st.sampled_from((
            ("spin_off", {"child": other, "ratio": "0.5", "cost_share": "0.25"}),
            ("spin_off", {"child": other, "ratio": "2", "cost_share": "0.1"}),
            ("merger", {"acquirer": other, "ratio": "1.5"}), ("merger", {"cash": "21", "currency": "USD"}),
            ("liquidation", {"amount": "9", "currency": "USD"}))))
        acts.append(event(f"E-{next(numbers)}", kind, name, draw(DAY), **terms))
    split = draw(st.none() | st.builds(Published, DAY, st.just(2), st.just(1)))
    return Facts(rows, moved, acts, split)


def fitting(given_facts: Facts) -> tuple[Facts, Plain]:
    """Play everything through the plain engine; rows and transfers that do not fit are dropped from the facts."""
    plain = Plain()
    rows, moved = [], []
    for number in range((END - START).days + 1):
        day = START + timedelta(number)
        if given_facts.split and given_facts.split.ex_date == day:
            for account in ACCOUNTS:
                for piece in plain.held[account, "P"]:
                    piece.units *= 2
        for act in sorted((act for act in given_facts.events if act.ex_date == day),
                          key=lambda act: (RANK[act.type], int(act.event[2:]))):
            plain.happen(act)
        for item in (item for item in given_facts.rows if item.trade_date == day and item.type == "buy"):
            rows.append(item)
            plain.put(item.account, item.instrument, [Piece(day, item.reference, Fraction(item.quantity),
                                                            Fraction(item.quantity * item.price))])
        for going in sorted((going for going in given_facts.moved if going.trade_date == day),
                            key=lambda going: int(going.reference[2:])):
            taken = plain.take(going.from_account, going.instrument, Fraction(going.quantity))
            if taken is not None:
                moved.append(going)
                plain.put(going.to_account, going.instrument, taken)
        for item in (item for item in given_facts.rows if item.trade_date == day and item.type == "sell"):
            if sum(p.units for p in plain.held[item.account, item.instrument]) >= item.quantity:
                rows.append(item)
                plain.sell(item.account, item.instrument, Fraction(item.quantity), Fraction(item.price),
                           item.reference)
    return Facts(rows, moved, given_facts.events, given_facts.split), plain


@settings(max_examples=150, deadline=None)
@given(facts())
def test_lots_and_results_are_those_of_the_plain_engine(given_facts: Facts) -> None:
    chosen, plain = fitting(given_facts)
    state = book(chosen.rows, END, events=chosen.events, transfers=chosen.moved,
                 splits={"P": [chosen.split]} if chosen.split else {})
    lots = sorted((lot.account, name, lot.acquired, lot.reference, Fraction(lot.quantity), lot.cost)
                  for name, position in state.positions.items() for lot in position.lots)
    expected = sorted((account, name, piece.acquired, piece.reference, piece.units, piece.cost)
                      for (account, name), pieces in plain.held.items() for piece in pieces)
    assert [item[:5] for item in lots] == [item[:5] for item in expected]
    for ours, theirs in zip(lots, expected, strict=True):
        assert abs(Fraction(ours[5]) - theirs[5]) < Fraction(1, 10**6)
    told = sorted((part.sale_reference, part.account, part.lot_reference, Fraction(part.quantity),
                   Fraction(part.proceeds)) for part in state.realised)
    names = {item.reference: item.account for item in chosen.rows}
    assert [(sale, lot, units, money) for sale, _, lot, units, money in told if sale in names] == sorted(
        (sale, lot, units, money) for sale, lot, units, money, _ in plain.sold if sale in names)
    assert sum((money for *_, money in told), Fraction(0)) == sum((item[3] for item in plain.sold), Fraction(0))
    gain = sum((Fraction(part.proceeds - part.cost) for part in state.realised), Fraction(0))
    assert abs(gain - sum((item[3] - item[4] for item in plain.sold), Fraction(0))) < Fraction(1, 10**6)
