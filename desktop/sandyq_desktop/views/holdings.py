"""Holdings: the valued book in groups with sums in the same columns; lots of the chosen line below."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QMargins, QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QSplitter, QVBoxLayout, QWidget

from sandyq.basics.decimals import quotient
from sandyq.basics.text import N_
from sandyq.book.state import Basis, CostMethod
from sandyq.exposure.result import Exposure, ExposureLine
from sandyq.reference.kinds import Kind, label
from sandyq.valuation.holdings import Freshness, Holdings, Line, ValuedLot
from sandyq_desktop.context import ViewContext
from sandyq_desktop.controls import Action, Choice, Segment, Words
from sandyq_desktop.controls import Line as Hairline
from sandyq_desktop.flow import Flow
from sandyq_desktop.icons import Shape, draw
from sandyq_desktop.look import Look
from sandyq_desktop.scaling import BILLION, MILLION
from sandyq_desktop.tables.columns import Column, Total
from sandyq_desktop.tables.delegate import LEFT
from sandyq_desktop.tables.rung import RUNGS, paint_rung
from sandyq_desktop.tables.table import Table

if TYPE_CHECKING:
    from sandyq.workstation.workstation import Workstation

GROUPS = (("kind", N_("Kind")), ("issuer", N_("Issuer")), ("coin", N_("Coin")), ("custodian", N_("Coin custodian")),
          ("currency", N_("Currency")), ("", N_("None")))
METHODS = ((CostMethod.FIFO.value, N_("FIFO")), (CostMethod.AVERAGE.value, N_("Average")))
BASES = ((Basis.TRADE.value, N_("Trade date")), (Basis.SETTLEMENT.value, N_("Settlement")))


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


def _scaled(value: Decimal | None, by: Decimal) -> Decimal | None:
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

        return Column(key, title, lambda r: _scaled(get(r.line), by), number=True, digits=digits, sign=sign, tone=tone,
                      group=lambda rows: _scaled(_sum(rows, get), by), leaves=leaves)

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
        Column("cost", N_("Cost USD m"), lambda r: _scaled(r.lot.cost_usd, MILLION), number=True, digits=3),
        Column("value", N_("Value USD m"), lambda r: _scaled(r.market_value_usd, MILLION), number=True, digits=3),
        Column("unrealised", N_("Unrealised USD m"), lambda r: _scaled(r.unrealised_usd, MILLION), number=True,
               digits=3, sign=True,
               tone=lambda r: "t_soft" if r.unrealised_usd is not None and r.unrealised_usd < 0 else "tx"),
        Column("reference", N_("Reference"), lambda r: r.lot.reference, tone=lambda _r: "tx2", middle=True,
               role="small"),
        Column("account", N_("Account"), lambda r: r.lot.account, tone=lambda _r: "tx2", role="small"),
        Column("source", N_("Journal entry"), lambda r: f"#{r.lot.origin.entry} : {r.lot.origin.line}",
               tone=lambda _r: "tx3", role="small", stretch=True),
    )


def _lot_price(lot: ValuedLot) -> Decimal | None:
    return quotient(lot.lot.cost, lot.lot.quantity) if lot.lot.quantity else None


Answer = tuple[Holdings, Exposure]


class HoldingsView(QWidget):
    """The view; asks holdings and exposure of one day."""

    key = "holdings"
    title = N_("Holdings")

    def __init__(self, context: ViewContext) -> None:
        super().__init__()
        self.setObjectName("view")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._context, look = context, context.look
        self._answer: Answer | None = None
        self._chosen = ""
        self._title = Words(look, N_("Holdings"), "title")
        self._labels = [Words(look, N_("Group by"), "caption", "tx3"), Words(look, N_("Cost"), "caption", "tx3"),
                        Words(look, N_("Basis"), "caption", "tx3")]
        self.group = Choice(look)
        self.method = Segment(look, N_("Cost"), METHODS)
        self.basis = Segment(look, N_("Basis"), BASES)
        self.filter = QLineEdit()
        self._columns = Action(look, N_("Columns"))
        self.table = Table(Rows(context).columns(), look, N_("Holdings").template)
        self.lots = Table(lot_columns(_lot_price), look, N_("Lots").template)
        self._lots_title = Words(look, "", "small", weight=600)
        self._lots_note = Words(look, "", "caption", "tx3", elided=True)
        self._legend = QLabel()
        self._build()
        self._connect()

    def _build(self) -> None:
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        head = Flow(margins=QMargins(16, 7, 16, 7))
        head.addWidget(self._title)
        for label_, control in zip(self._labels, (self.group, self.method, self.basis), strict=True):
            head.space(4)
            head.addWidget(label_)
            head.addWidget(control)
        head.spring()
        head.addWidget(self.filter)
        head.addWidget(self._columns)
        box.addLayout(head)
        box.addWidget(Hairline(self._context.look))
        above = QWidget()
        inner = QVBoxLayout(above)
        inner.setContentsMargins(10, 0, 0, 0)
        inner.addWidget(self.table)
        below = QWidget()
        lots = QVBoxLayout(below)
        lots.setContentsMargins(10, 0, 0, 0)
        lots.setSpacing(0)
        caption = QHBoxLayout()
        caption.setContentsMargins(6, 8, 6, 8)
        caption.setSpacing(14)
        caption.addWidget(self._lots_title)
        caption.addWidget(self._lots_note, 1)
        lots.addLayout(caption)
        lots.addWidget(self.lots, 1)
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.setHandleWidth(2)
        splitter.addWidget(above)
        splitter.addWidget(below)
        splitter.setSizes([620, 240])
        splitter.setStretchFactor(0, 1)
        box.addWidget(splitter, 1)
        box.addWidget(Hairline(self._context.look))
        self._legend.setWordWrap(True)
        self._legend.setContentsMargins(16, 6, 16, 6)
        self._legend.setProperty("tone", "tx2")
        box.addWidget(self._legend)

    def _connect(self) -> None:
        self.method.choose(CostMethod.FIFO.value)
        self.basis.choose(Basis.TRADE.value)
        self._fill_groups()
        self.group.currentIndexChanged.connect(lambda _i: self._regroup())
        self.method.chosen.connect(lambda _k: self.refresh())
        self.basis.chosen.connect(lambda _k: self.refresh())
        self.filter.textChanged.connect(self._filter)
        self.table.chosen.connect(self._choose)
        self.table.grid.doubleClicked.connect(lambda _i: self.explain())
        self.table.hidden_changed.connect(
            lambda n: self._columns.tell(N_("Columns: {n} hidden", n=n) if n else N_("Columns")))
        self._columns.clicked.connect(lambda: self.table.columns_menu(self).popup(
            self._columns.mapToGlobal(self._columns.rect().bottomLeft())))

    def _fill_groups(self) -> None:
        chosen = max(self.group.currentIndex(), 0)
        self.group.blockSignals(True)
        self.group.clear()
        for key, name in GROUPS:
            self.group.addItem(self._context.words(name), key)
        self.group.setCurrentIndex(chosen)
        self.group.blockSignals(False)

    def refresh(self) -> None:
        """Ask the holdings and their exposure on the present question."""
        self.restyle()
        question, method, basis = self._context.question, self.method.value(), self.basis.value()

        def work(door: Workstation) -> Answer:
            return (door.holdings(question, cost_method=CostMethod(method), basis=Basis(basis)),
                    door.exposure(question))

        self._context.tasks.ask(work, self.show_answer, key="holdings")

    def show_answer(self, answer: Answer) -> None:
        self._answer = answer
        holdings, exposure = answer
        rows = [Held(line, exposure.line(line.symbol), holdings) for line in holdings.lines]
        order = {kind: place for place, kind in enumerate(Kind)}
        rows.sort(key=lambda r: (not r.line.quantity, order[r.line.kind],
                                 -(r.line.market_value_usd or Decimal(0)), r.line.symbol))
        self._regroup(refit=False)
        self.table.show_rows(rows, self._totals(holdings, exposure))
        if self._chosen and not self.table.choose(lambda r: isinstance(r, Held) and r.line.symbol == self._chosen):
            self._chosen = ""
        if not self._chosen:
            self.table.choose(lambda r: isinstance(r, Held))
        else:
            self._choose(self.table.current())
        self._say_legend(holdings)

    def _totals(self, holdings: Holdings, exposure: Exposure) -> tuple[Total, ...]:
        words = self._context.words
        rate = holdings.kzt.rate if holdings.kzt else None
        invested = holdings.net_invested_usd
        values: dict[str, object] = {
            "value": _scaled(holdings.market_value_usd, MILLION), "kzt": _scaled(holdings.market_value_kzt, BILLION),
            "cost": _scaled(holdings.cost_usd, MILLION), "unrealised": _scaled(holdings.unrealised_usd, MILLION),
            "realised": _scaled(holdings.realised_usd, MILLION), "coins": exposure.coin_equivalent,
        }
        label_ = N_("Market value, {n} holdings", n=len(holdings.open_lines))
        totals = [Total(words(label_), values, after={"coins": "BTC"})]
        if holdings.unknown_lines:
            totals.append(Total(words(N_("Known part, {n} holdings are Unknown", n=holdings.unknown_lines)), {
                "value": _scaled(holdings.known_market_value_usd, MILLION)}, strong=False))
        totals.append(Total(words(N_("Net invested, cash convention")), {
            "value": _scaled(invested, MILLION),
            "kzt": None if invested is None or rate is None else _scaled(invested * rate, BILLION)}, strong=False))
        cash = [line.value_usd for line in holdings.cash]
        known = [value for value in cash if value is not None]
        if cash:
            totals.append(Total(words(N_("Cash, not part of the market value")), {
                "value": _scaled(sum(known, Decimal(0)), MILLION) if len(known) == len(cash) else None}, strong=False))
        return tuple(totals)

    def _regroup(self, *, refit: bool = True) -> None:
        by = str(self.group.currentData() or "")
        words = self._context.words

        def key(row: Any) -> str:
            on = row.holdings.as_of
            if not row.line.quantity:
                return words(N_("Closed"))
            if by == "kind":
                return words(label(row.line.kind))
            if by == "coin":
                return row.coin or "—"
            if by == "custodian":
                return ", ".join(name or "—" for name in row.seen.custodians) if row.seen else "—"
            return row.line.instrument.text({"issuer": "issuer"}.get(by, by), on) or "—"

        self.table.model.set_groups(key if by else None)
        if refit:
            self.table.fit()

    def _filter(self, text: str) -> None:
        wanted = text.strip().casefold()
        self.table.model.set_filter((lambda row: wanted in (
            f"{row.line.symbol} {row.line.instrument.name(row.holdings.as_of)}".casefold())) if wanted else None)

    def _choose(self, row: object) -> None:
        if not isinstance(row, Held):
            return
        words, line = self._context.words, row.line
        self._chosen = line.symbol
        order = words(dict(METHODS)[self.method.value()])
        self._lots_title.tell(words(N_("Lots of {symbol}, {method}", symbol=line.symbol, method=order)))
        lots = sorted(line.lots, key=lambda x: x.lot.trade_date, reverse=True)
        same = sum((lot.lot.quantity for lot in lots), Decimal(0)) == line.quantity
        counted = words(N_("Shares: {quantity}. Lots: {lots}.", quantity=line.quantity, lots=len(lots)))
        self._lots_note.tell(counted + " " + words(N_("The lots sum to the position.") if same
                                     else N_("The lots do not sum to the position.")))
        self.lots.show_rows(lots)

    def _say_legend(self, holdings: Holdings) -> None:
        words = self._context.words
        parts = [words(N_("Rung, from four blocks to one: reported by issuer or filing, mandate maximum in the "
                          "prospectus, beta point estimate, fall-back."))]
        if holdings.kzt is not None:
            parts.append(words(N_("KZT at the official rate of {day}, {rate}.", day=holdings.kzt.day,
                                  rate=holdings.kzt.rate)))
        parts.append(words(N_("eq.: beta-adjusted value divided by the bitcoin reference.")))
        parts.append(words(N_("not compar.: fund and coin cut-off times differ.")))
        self._legend.setText(" ".join(parts))

    def explain(self) -> None:
        """Explain the figure of the current cell: look-through for its columns, else the amount."""
        row = self.table.current()
        if not isinstance(row, Held):
            self._context.explain("totals/market_value_usd")
            return
        column = self.table.model.columns[max(self.table.grid.currentIndex().column(), 0)].key
        if column in {"coins", "rung", "premium"}:
            self._context.explain(f"exposure/{row.line.symbol}/exposure_usd")
        else:
            figure = {"unrealised": "unrealised_usd", "cost": "cost_usd", "kzt": "market_value_kzt"}.get(
                column, "market_value_usd")
            self._context.explain(f"holdings/{row.line.symbol}/{figure}")

    def filter_rows(self) -> None:
        self.filter.setFocus()

    def restyle(self) -> None:
        look, words = self._context.look, self._context.words
        for item in (self._title, *self._labels, self._lots_title, self._lots_note):
            item.restyle()
        for control in (self.method, self.basis, self._columns):
            control.restyle()
        self._fill_groups()
        self.group.setFont(look.font("small"))
        self.group.setAccessibleName(words(N_("Group by")))
        self.filter.setFont(look.font("small"))
        self.filter.setPlaceholderText(words(N_("Filter")) + "   Ctrl+F")
        self.filter.setAccessibleName(words(N_("Filter")))
        self.filter.setFixedWidth(look.px(160))
        self._legend.setFont(look.font("caption"))
        self.table.restyle()
        self.lots.restyle()
        if self._answer is not None:
            self._say_legend(self._answer[0])
