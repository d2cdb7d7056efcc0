"""Holdings: the valued book in groups with sums in the same columns; lots of the chosen line below."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QMargins, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QSplitter, QVBoxLayout, QWidget

from sandyq.basics.text import N_
from sandyq.book.state import Basis, CostMethod
from sandyq.exposure.result import Exposure
from sandyq.reference.kinds import Kind, label
from sandyq.valuation.holdings import Holdings
from sandyq_desktop.context import ViewContext
from sandyq_desktop.controls import Action, Choice, Segment, Words
from sandyq_desktop.controls import Line as Hairline
from sandyq_desktop.flow import Flow
from sandyq_desktop.scaling import BILLION, MILLION
from sandyq_desktop.tables.columns import Total
from sandyq_desktop.tables.table import Table
from sandyq_desktop.views.holding_rows import Held, Rows, lot_columns, lot_price, scaled

if TYPE_CHECKING:
    from sandyq.workstation.workstation import Workstation

GROUPS = (("kind", N_("Kind")), ("issuer", N_("Issuer")), ("coin", N_("Coin")), ("custodian", N_("Coin custodian")),
          ("currency", N_("Currency")), ("", N_("None")))
METHODS = ((CostMethod.FIFO.value, N_("FIFO")), (CostMethod.AVERAGE.value, N_("Average")))
BASES = ((Basis.TRADE.value, N_("Trade date")), (Basis.SETTLEMENT.value, N_("Settlement")))



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
        self.lots = Table(lot_columns(lot_price), look, N_("Lots").template)
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
            "value": scaled(holdings.market_value_usd, MILLION), "kzt": scaled(holdings.market_value_kzt, BILLION),
            "cost": scaled(holdings.cost_usd, MILLION), "unrealised": scaled(holdings.unrealised_usd, MILLION),
            "realised": scaled(holdings.realised_usd, MILLION), "coins": exposure.coin_equivalent,
        }
        label_ = N_("Market value, {n} holdings", n=len(holdings.open_lines))
        totals = [Total(words(label_), values, after={"coins": "BTC"})]
        if holdings.unknown_lines:
            totals.append(Total(words(N_("Known part, {n} holdings are Unknown", n=holdings.unknown_lines)), {
                "value": scaled(holdings.known_market_value_usd, MILLION)}, strong=False))
        totals.append(Total(words(N_("Net invested, cash convention")), {
            "value": scaled(invested, MILLION),
            "kzt": None if invested is None or rate is None else scaled(invested * rate, BILLION)}, strong=False))
        cash = [line.value_usd for line in holdings.cash]
        known = [value for value in cash if value is not None]
        if cash:
            totals.append(Total(words(N_("Cash, not part of the market value")), {
                "value": scaled(sum(known, Decimal(0)), MILLION) if len(known) == len(cash) else None}, strong=False))
        return tuple(totals)

    def _regroup(self, *, refit: bool = True) -> None:
        by = str(self.group.currentData() or "")
        words = self._context.words

        def key(row: Any) -> str:
            on = row.holdings.as_of
            if not row.line.quantity:
                return words(N_("Closed lines"))
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
