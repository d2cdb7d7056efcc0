"""The draft basket as it is typed: rows of text with undo and redo, numbers in three languages, rows from a sheet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_FLOOR, Decimal, InvalidOperation
from typing import Final

from sandyq.basics.decimals import quotient
from sandyq.basics.language import Language
from sandyq.limits.result import Order

SPACES: Final = dict.fromkeys(map(ord, " \u00a0\u202f\u2009'"))
FACTORS: Final = {"k": 1_000, "тыс": 1_000, "мың": 1_000, "m": 1_000_000, "м": 1_000_000, "млн": 1_000_000,
                  "mln": 1_000_000, "bn": 1_000_000_000, "млрд": 1_000_000_000}
SIDES: Final = {"buy": "buy", "b": "buy", "покупка": "buy", "купить": "buy", "сатып алу": "buy",
                "sell": "sell", "s": "sell", "продажа": "sell", "продать": "sell", "сату": "sell"}


@dataclass(frozen=True, slots=True)
class Row:
    """One line as typed."""

    side: str = "buy"
    symbol: str = ""
    quantity: str = ""
    price: str = ""
    fee: str = ""

    @property
    def blank(self) -> bool:
        return not (self.symbol or self.quantity or self.price or self.fee)


def number(text: str, code: str) -> Decimal | None:
    """Read a number as typed in a language: any thin space between thousands, the language's own decimal mark.

    In English a comma between groups of three is a thousands mark; in Russian and Kazakh a comma is the decimal mark,
    and a point is taken for one too. Anything else, and what is not a number, is None.
    """
    plain = text.strip().translate(SPACES).replace("\u2212", "-")
    if code == "en":
        whole, point, fraction = plain.partition(".")
        groups = whole.split(",")
        if "," in fraction or (len(groups) > 1 and (not 1 <= len(groups[0].lstrip("-")) <= 3
                                                    or any(len(group) != 3 for group in groups[1:]))):
            return None
        plain = "".join(groups) + point + fraction
    elif plain.count(",") + plain.count(".") > 1:
        return None
    else:
        plain = plain.replace(",", ".")
    if not plain or not all(sign.isascii() and (sign.isdigit() or sign in ".-") for sign in plain):
        return None
    try:
        return Decimal(plain)
    except InvalidOperation:
        return None


def amount(text: str, code: str) -> Decimal | None:
    """Read an amount of money with its suffix (25m, 25 млн, 2.5 bn); None when there is no suffix."""
    plain = text.strip().lower().rstrip(".")
    for suffix in sorted(FACTORS, key=len, reverse=True):
        if plain.endswith(suffix):
            found = number(plain[: -len(suffix)], code)
            return None if found is None else found * FACTORS[suffix]
    return None


def shares_for(money: Decimal, price: Decimal) -> Decimal:
    """Return the whole shares that an amount buys at a price, rounded down."""
    return quotient(money, price).to_integral_value(rounding=ROUND_FLOOR)


def order_of(row: Row, code: str, last: Callable[[str], Decimal | None]) -> Order | None:
    """Return the order that a row means, None while it is incomplete. Without a limit price the last price counts."""
    symbol = row.symbol.strip().upper()
    price = number(row.price, code) if row.price.strip() else last(symbol)
    quantity = number(row.quantity, code)
    if quantity is None and price is not None and price > 0 and (money := amount(row.quantity, code)) is not None:
        quantity = shares_for(money, price)
    fee = number(row.fee, code) if row.fee.strip() else None
    if not symbol or not quantity or quantity < 0 or price is None or price <= 0 or (fee is None and row.fee.strip()):
        return None
    return Order(row.side, quantity, symbol, price, fee)


def rows_of(text: str) -> tuple[Row, ...]:
    """Read rows copied from a spreadsheet: side, symbol, quantity, price, fee; without a side they are purchases.

    A negative quantity without a side is a sale. A row of headings (no digit in it) is left out.
    """
    rows = []
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.split("\t")]
        if not any(sign.isdigit() for sign in line):
            continue
        side = SIDES.get(cells[0].lower(), "")
        rest = cells[1:] if side else cells
        symbol, quantity, price, fee = (*rest, "", "", "", "")[:4]
        if not side:
            side = "sell" if quantity.startswith(("-", "\u2212")) else "buy"
            quantity = quantity.lstrip("-\u2212")
        rows.append(Row(side, symbol.upper(), quantity, price, fee))
    return tuple(rows)


class Draft:
    """The rows with their history. Consecutive changes of one cell are undone together."""

    def __init__(self) -> None:
        self.rows: tuple[Row, ...] = (Row(),)
        self._undone: list[tuple[Row, ...]] = []
        self._done: list[tuple[Row, ...]] = []
        self._cell: tuple[int, str] | None = None

    def edit(self, place: int, name: str, value: str) -> None:
        """Change one cell."""
        if getattr(self.rows[place], name) == value:
            return
        changed = replace(self.rows[place], **{name: value})
        self._change((*self.rows[:place], changed, *self.rows[place + 1:]), (place, name))

    def insert(self, place: int, rows: Sequence[Row]) -> None:
        """Put rows at a place; the blank row there makes room."""
        kept = self.rows[place + 1:] if place < len(self.rows) and self.rows[place].blank else self.rows[place:]
        self._change((*self.rows[:place], *rows, *kept), None)

    def remove(self, place: int) -> None:
        self._change((*self.rows[:place], *self.rows[place + 1:]) or (Row(),), None)

    def clear(self) -> None:
        if any(not row.blank for row in self.rows):
            self._change((Row(),), None)

    def respell(self, code: str, language: Language) -> None:
        """Write every number that was typed in one language as another writes it, in the history too."""
        def spelled(text: str) -> str:
            found = number(text, code)
            return text if found is None else language.number(found)

        def again(rows: tuple[Row, ...]) -> tuple[Row, ...]:
            return tuple(replace(row, quantity=spelled(row.quantity), price=spelled(row.price), fee=spelled(row.fee))
                         for row in rows)

        self.rows = again(self.rows)
        self._done = [again(rows) for rows in self._done]
        self._undone = [again(rows) for rows in self._undone]

    def undo(self) -> bool:
        """Go one change back; False when there is none."""
        return self._step(self._done, self._undone)

    def redo(self) -> bool:
        """Take an undone change again; False when there is none."""
        return self._step(self._undone, self._done)

    @property
    def can_undo(self) -> bool:
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        return bool(self._undone)

    def _change(self, rows: tuple[Row, ...], cell: tuple[int, str] | None) -> None:
        if cell is None or cell != self._cell:
            self._done.append(self.rows)
        self._cell = cell
        self._undone.clear()
        self.rows = rows

    def _step(self, come: list[tuple[Row, ...]], go: list[tuple[Row, ...]]) -> bool:
        if not come:
            return False
        go.append(self.rows)
        self.rows = come.pop()
        self._cell = None
        return True


def incomplete(rows: Sequence[Row], code: str, last: Callable[[str], Decimal | None]) -> tuple[int, ...]:
    """Return the numbers (from one) of rows that say something but cannot be checked yet."""
    return tuple(place for place, row in enumerate(rows, 1) if not row.blank and order_of(row, code, last) is None)

