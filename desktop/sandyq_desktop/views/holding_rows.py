"""How a holding and its lots are written in each column of the Holdings view."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter

from sandyq.basics.decimals import quotient
from sandyq.basics.text import N_
from sandyq.exposure.result import ExposureLine
from sandyq.valuation.holdings import Freshness, Holdings, Line, ValuedLot
from sandyq_desktop.context import ViewContext
from sandyq_desktop.icons import Shape, draw
from sandyq_desktop.look import Look
from sandyq_desktop.scaling import BILLION, MILLION
from sandyq_desktop.tables.columns import Column
from sandyq_desktop.tables.delegate import LEFT
from sandyq_desktop.tables.rung import RUNGS, paint_rung

if TYPE_CHECKING:
    pass


@dataclass(frozen=True, slots=True)
class Held:
    """One line of the book with what is behind it. `rate` turns USD into the amounts shown (1, or USD/KZT)."""

    line: Line
    seen: ExposureLine | None
    holdings: Holdings

    @property
    def coin(self) -> str:
        return next(iter(self.seen.coins), "") if self.seen else ""

    @property
    def coins(self) -> Decimal | None:
        if self.seen is None or not self.seen.coins:
            return None
        return next(iter(self.seen.coins.values())).central


def _sum(rows: Sequence[Held], get: Callable[[Line], Decimal | None]) -> Decimal | None:
    """Sum amounts; None as soon as one is Unknown."""
    values = [get(row.line) for row in rows]
    known = [value for value in values if value is not None]
    return sum(known, Decimal(0)) if len(known) == len(values) else None


def scaled(value: Decimal | None, by: Decimal) -> Decimal | None:
    return None if value is None else quotient(value, by)


class Rows:
    """How a holding is written in each column."""

    def __init__(self, context: ViewContext) -> None:
        self._context, self._look = context, context.look

    def _money(self, key: str, title: Any, get: Callable[[Line], Decimal | None], *, by: Decimal = MILLION,
               digits: int = 3, sign: bool = False, dim: bool = False, leaves: int = 0) -> Column:
        def tone(row: Held) -> str:
            value = get(row.line)
            return "t_soft" if sign and value is not None and value < 0 else "tx2" if dim else "tx"

        return Column(key, title, lambda r: scaled(get(r.line), by), number=True, digits=digits, sign=sign, tone=tone,
                      group=lambda rows: scaled(_sum(rows, get), by), leaves=leaves)

    def columns(self) -> tuple[Column, ...]:
        return (
            Column("instrument", N_("Instrument"), lambda r: f"{r.line.symbol}  {self._name(r)}",
                   paint=self._instrument, spoken=lambda r, _look: f"{r.line.symbol} {self._name(r)}",
                   least=210, most=250, stretch=True),
            Column("quantity", N_("Quantity"), lambda r: r.line.quantity, number=True),
            Column("price", N_("Price"), lambda r: r.line.price.close if r.line.price else None, number=True,
                   digits=_price_digits, after=lambda r: r.line.price.currency if r.line.price else ""),
            Column("day", N_("Price date"), lambda r: r.line.price.day if r.line.price else None,
                   tone=_age_tone, leaves=3),
            Column("age", N_("Age"), lambda r: r.line.age, paint=self._age, spoken=lambda r, _look: self._age_text(r),
                   least=44, extra=16),
            self._money("value", N_("Market value\nUSD m"), lambda x: x.market_value_usd),
            self._money("kzt", N_("Value\nKZT bn"), lambda x: x.market_value_kzt, by=BILLION, digits=2, dim=True),
            self._money("cost", N_("Cost\nUSD m"), lambda x: x.cost_usd),
            self._money("unrealised", N_("Unrealised\nUSD m"), lambda x: x.unrealised_usd, sign=True),
            self._money("realised", N_("Realised\nUSD m"), lambda x: x.realised_usd, sign=True, leaves=1),
            Column("coins", N_("Look-through\ncoins"), lambda r: r.coins, number=True, digits=1,
                   after=lambda r: (N_eq(self._look) if r.seen and r.seen.equivalent else r.coin)),
            Column("rung", N_("Rung"), lambda r: self._look.say(RUNGS[r.seen.rung]) if r.seen else "",
                   paint=lambda p, c, r, look, _g: paint_rung(p, c, r.seen.rung if r.seen else None, look),
                   spoken=lambda r, look: look.say(RUNGS[r.seen.rung]) if r.seen else "",
                   role="caption", extra=25, least=60),
            Column("premium", N_("Premium %\nor mNAV"), self._premium, number=True, digits=2,
                   after=_premium_unit, leaves=4,
                   tone=lambda r: "tx2" if r.seen and r.seen.premium and not r.seen.premium.comparable else "tx"),
            Column("share", N_("% of\nvalue"), self._share, number=True, digits=1, tone=lambda _r: "tx2", leaves=2,
                   group=self._group_share),
        )

    def _name(self, row: Held) -> str:
        return row.line.instrument.name(row.holdings.as_of)

    def _instrument(self, painter: QPainter, cell: QRectF, row: Any, look: Look, ground: str) -> None:
        del ground
        left = cell.left() + look.px(24)
        painter.setFont(look.font("body"))
        painter.setPen(look.color("tx"))
        painter.drawText(QRectF(left, cell.top(), look.px(60), cell.height()), LEFT, row.line.symbol)
        painter.setFont(look.font("small"))
        painter.setPen(look.color("tx2"))
        room = QRectF(left + look.px(50), cell.top(), cell.right() - left - look.px(56), cell.height())
        painter.drawText(room, LEFT, painter.fontMetrics().elidedText(self._name(row), Qt.TextElideMode.ElideRight,
                                                                      round(room.width())))

    def _age_text(self, row: Held) -> str:
        line = row.line
        if line.age is None:
            return "—"
        if line.freshness is Freshness.FRESH:
            return str(line.age)
        return self._look.say(N_("{days} bd", days=line.age))

    def _age(self, painter: QPainter, cell: QRectF, row: Any, look: Look, ground: str) -> None:
        line, left = row.line, cell.left() + look.px(6)
        token = _age_tone(row)
        if line.freshness in {Freshness.AMBER, Freshness.RED}:
            shape = Shape.WARNING if line.freshness is Freshness.AMBER else Shape.BREACH
            draw(painter, shape, QRectF(left, cell.center().y() - 5, look.px(11), look.px(11)), look.color(token),
                 look.color(ground))
            left += look.px(16)
        fresh = line.freshness is Freshness.FRESH
        painter.setFont(look.font("caption", 400 if fresh else 500))
        painter.setPen(look.color("tx3" if fresh else token))
        painter.drawText(QRectF(left, cell.top(), 80, cell.height()), LEFT, self._age_text(row))

    def _premium(self, row: Held) -> object:
        seen = row.seen
        if seen is None:
            return ""
        if seen.mnav is not None:
            return seen.mnav.simple
        if seen.premium is None:
            return ""
        if not seen.premium.comparable:
            return self._look.say(N_("not compar."))
        return None if seen.premium.value is None else seen.premium.value * 100

    @staticmethod
    def _share(row: Held) -> object:
        total, value = row.holdings.market_value_usd, row.line.market_value_usd
        return None if not total or value is None else quotient(value, total) * 100

    @staticmethod
    def _group_share(rows: Sequence[Held]) -> object:
        total, value = rows[0].holdings.market_value_usd, _sum(rows, lambda x: x.market_value_usd)
        return None if not total or value is None else quotient(value, total) * 100


def _premium_unit(row: Held) -> str:
    """Return × for a multiple of net assets, % for a premium, nothing where there is neither."""
    if row.seen is None or (row.seen.mnav is None and (row.seen.premium is None or row.seen.premium.value is None)):
        return ""
    return "×" if row.seen.mnav is not None else "%"


def N_eq(look: Look) -> str:
    """Return the mark of a beta equivalent."""
    return look.say(N_("eq."))


def _price_digits(row: Held | None) -> int | None:
    if row is None or row.line.price is None:
        return None
    return max(2, min(4, -int(row.line.price.close.normalize().as_tuple().exponent)))


def _age_tone(row: Held) -> str:
    return {Freshness.AMBER: "t_warn", Freshness.RED: "t_breach"}.get(row.line.freshness, "tx2")


def lot_columns(price_of: Callable[[ValuedLot], Decimal | None]) -> tuple[Column, ...]:
    """Return the columns of the lots pane."""
    return (
        Column("date", N_("Trade date"), lambda r: r.lot.trade_date),
        Column("quantity", N_("Quantity"), lambda r: r.lot.quantity, number=True),
        Column("price", N_("Price"), price_of, number=True, digits=2, after=lambda r: r.lot.currency),
        Column("cost", N_("Cost USD m"), lambda r: scaled(r.lot.cost_usd, MILLION), number=True, digits=3),
        Column("value", N_("Value USD m"), lambda r: scaled(r.market_value_usd, MILLION), number=True, digits=3),
        Column("unrealised", N_("Unrealised USD m"), lambda r: scaled(r.unrealised_usd, MILLION), number=True,
               digits=3, sign=True,
               tone=lambda r: "t_soft" if r.unrealised_usd is not None and r.unrealised_usd < 0 else "tx"),
        Column("reference", N_("Reference"), lambda r: r.lot.reference, tone=lambda _r: "tx2", middle=True,
               role="small"),
        Column("account", N_("Account"), lambda r: r.lot.account, tone=lambda _r: "tx2", role="small"),
        Column("source", N_("Journal entry"), lambda r: f"#{r.lot.origin.entry} : {r.lot.origin.line}",
               tone=lambda _r: "tx3", role="small", stretch=True),
    )


def lot_price(lot: ValuedLot) -> Decimal | None:
    return quotient(lot.lot.cost, lot.lot.quantity) if lot.lot.quantity else None
