"""A corporate action: its terms by type, and what it would do to positions, cost, coins, cash and limits, before it
is posted."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from html import escape
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QTextBrowser, QWidget

from sandyq.basics.errors import SandyqError
from sandyq.basics.text import N_, Text
from sandyq.book.actions import BY_EVENT
from sandyq.book.terms import Reads
from sandyq.reference.events import EventType
from sandyq.workstation.recorded import ActionDraft, ActionPreview
from sandyq_desktop.bars import read_day
from sandyq_desktop.context import ViewContext
from sandyq_desktop.dialogs.form import Field, FormDialog
from sandyq_desktop.scaling import UNITS, scaled

TYPES = {
    EventType.SPLIT: N_("Split"), EventType.SPIN_OFF: N_("Spin-off"),
    EventType.IN_KIND_DISTRIBUTION: N_("Distribution in kind"), EventType.CASH_DISTRIBUTION: N_("Cash distribution"),
    EventType.MERGER: N_("Merger"), EventType.LIQUIDATION: N_("Liquidation"),
    EventType.LIQUIDATION_PAYMENT: N_("Liquidation payment"),
    EventType.IDENTIFIER_CHANGE: N_("Change of symbol or ISIN"),
    EventType.SHARE_ISSUANCE: N_("Share issuance"), EventType.FEE_CHANGE: N_("Fee change"),
}
LABELS = {
    "new": N_("New shares"), "old": N_("Old shares"), "cash_in_lieu_price": N_("Price of fractions"),
    "currency": N_("Currency"), "child": N_("Child instrument"), "ratio": N_("Ratio"),
    "cost_share": N_("Share of cost that moves"), "asset": N_("Coin"),
    "parent_coins_before": N_("Parent: coins per unit before"),
    "parent_coins_after": N_("Parent: coins per unit after"),
    "child_coins": N_("Child: coins per unit"), "amount": N_("Amount per unit"), "withholding": N_("Withholding rate"),
    "return_of_capital": N_("Return of capital per unit"), "acquirer": N_("Acquirer"), "cash": N_("Cash per unit"),
    "cost_share_cash": N_("Share of cost of the cash part"), "final": N_("Final payment"), "symbol": N_("New symbol"),
    "isin": N_("New ISIN"), "name": N_("New name"), "mic": N_("New venue"), "shares": N_("Shares"),
    "diluted_shares": N_("Diluted shares"), "coins": N_("Coins"), "document": N_("Document"),
    "fee_pct": N_("Fee in per cent"), "until": N_("Waived until"), "fee_pct_after": N_("Fee after that"),
}
LIVE_MS = 400


class EventDialog(FormDialog):
    """640 wide; the preview follows what is typed."""

    def __init__(self, context: ViewContext, parent: QWidget | None = None) -> None:
        look = context.look
        self._context = context
        self._terms: tuple[str, ...] = ()
        self.found: ActionPreview | None = None
        self.preview = QTextBrowser()
        self._timer = QTimer()
        self._timer.setSingleShot(True)
        self._timer.setInterval(LIVE_MS)
        day = context.words.language.date(context.question.as_of)
        super().__init__(
            look, N_("Post a corporate action"),
            N_("Nothing is posted before you have seen what it does. The same event is posted only once."),
            [Field("type", N_("Type"), EventType.SPLIT, tuple((key.value, TYPES[key]) for key in BY_EVENT)),
             Field("symbol", N_("Symbol")), Field("ex_date", N_("Ex-date"), day),
             Field("pay_date", N_("Payment date"), required=False)], N_("Post the event"), parent, wide=True)
        self.preview.setFont(look.font("small"))
        self.preview.setMinimumHeight(look.px(250))
        self.preview.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.preview.setAccessibleName(look.say(N_("What it does")))
        self.body.addWidget(self.preview)
        kind: Any = self.inputs["type"]
        kind.currentIndexChanged.connect(lambda _i: self._show_terms())
        self._timer.timeout.connect(self.ask)
        self._show_terms()

    def _show_terms(self) -> None:
        """Offer the terms of the chosen type, as the book knows them."""
        self.take_fields(self._terms)
        terms = BY_EVENT[EventType(self.value("type"))].terms
        for term in terms:
            choices = (("yes", N_("yes")), ("no", N_("no"))) if term.reads is Reads.ANSWER else ()
            self.add_field(Field(f"term {term.name}", LABELS[term.name], choices=choices, required=term.required,
                                 value="USD" if term.name == "currency" else "",
                                 hint="" if term.required else self.look.say(N_("if there is one"))))
        self._terms = tuple(f"term {term.name}" for term in terms)
        self.check()
        self.adjustSize()

    def check(self) -> None:
        super().check()
        self.found = None
        self.decide.setEnabled(False)
        if self.complete():
            self._timer.start()
        else:
            self._timer.stop()
            self.preview.setPlainText(self.look.say(N_("The preview appears when the required terms are there.")))

    def draft(self) -> ActionDraft:
        """Return the event as it stands in the fields. Days that cannot be read are None or the as-of day."""
        named = {key.removeprefix("term "): self.value(key) for key in self._terms}
        given = {name: self._term(name, value) for name, value in named.items() if value}
        return ActionDraft(EventType(self.value("type")), self.value("symbol"),
                           read_day(self.value("ex_date")) or self._context.question.as_of, given,
                           read_day(self.value("pay_date")))

    def _term(self, name: str, value: str) -> str:
        day = read_day(value) if name == "until" else None
        return day.isoformat() if day else value.replace(",", ".") if name not in {"document", "name"} else value

    def ask(self) -> None:
        """Ask what the event would do."""
        if read_day(self.value("ex_date")) is None:
            self.preview.setPlainText(self.look.say(N_("The ex-date is not a day.")))
            return
        draft = self.draft()
        self._context.tasks.ask(lambda door: door.records.preview_action(draft), self.show_preview, key="event-preview",
                                failed=self._failed)

    def _failed(self, error: SandyqError) -> None:
        parts = [self.look.say(error.what), *(self.look.say(f.text) for f in error.findings),
                 self.look.say(error.remedy) if error.remedy else ""]
        self.preview.setPlainText("\n".join(part for part in parts if part))

    def show_preview(self, found: ActionPreview) -> None:
        self.found = found
        self.preview.setHtml("".join(self._sections(found)))
        self.decide.tell(N_("Propose the event") if found.needs_second else N_("Post the event"))
        self.decide.setEnabled(True)

    def _sections(self, found: ActionPreview) -> Iterator[str]:
        say = self.look.say
        touched = [line for line in found.lines if line.quantity[0] != line.quantity[1]
                   or line.cost_usd[0] != line.cost_usd[1] or any(one != other for one, other in line.coins.values())]
        yield _table((N_("Position"), N_("Quantity before"), N_("after"), N_("Cost in USD before"), N_("after")), [
            (line.symbol, *map(self._number, line.quantity), *map(self._number, line.cost_usd))
            for line in touched], self)
        yield _table((N_("Coins"), N_("Coin"), N_("before"), N_("after")), [
            (line.symbol, coin, *map(self._number, sums)) for line in touched for coin, sums in line.coins.items()
            if sums[0] != sums[1]], self)
        yield _table((N_("Cash"), N_("before"), N_("after")), [
            (currency, *map(self._number, sums)) for currency, sums in found.cash.items() if sums[0] != sums[1]], self)
        if len(touched) < len(found.lines):
            unmoved = N_("Positions that do not change: {n}.", n=len(found.lines) - len(touched))
            yield f"<p style='color:{self.look.palette.tx2}'>{escape(say(unmoved))}</p>"
        yield _table((N_("Conserved"), N_("before"), N_("after"), N_("Unit"), N_("Holds")), [
            (say(one.what), self._number(one.before), self._number(one.after), one.unit,
             say(N_("yes")) if one.holds else say(N_("no"))) for one in found.conserved], self)
        moved = [one for one in found.limits if one.value[0] != one.value[1] or one.state[0] is not one.state[1]]
        words = self.look.words
        yield _table((N_("Limit"), N_("before"), N_("after"), N_("Unit"), N_("State before"), N_("after")), [
            (f"{one.limit_id} {words.title(one.title)}", *(self._limit(value, one.unit) for value in one.value),
             "%" if one.unit == "ratio" else say(UNITS[one.unit]) if one.unit in UNITS else one.unit,
             *map(words.state, one.state)) for one in moved], self)
        yield "".join(f"<p>{escape(say(finding.text))}</p>" for finding in found.findings)

    def _limit(self, value: Decimal | None, unit: str) -> str:
        return "—" if value is None else self.look.words.language.number(scaled(value, unit), 3)

    def _number(self, value: Decimal | None) -> str:
        if value is None:
            return "—"
        places = min(8, max(0, -int(value.as_tuple().exponent)))
        return self.look.words.language.number(value, places)


def _table(heads: tuple[Text, ...], rows: list[tuple[str, ...]], dialog: EventDialog) -> str:
    if not rows:
        return ""
    look = dialog.look
    head = "".join(f"<td align='{'left' if not place else 'right'}' style='color:{look.palette.tx3}'>"
                   f"{escape(look.say(title))}</td>" for place, title in enumerate(heads))
    body = "".join("<tr>" + "".join(
        f"<td align='{'left' if not place else 'right'}'>{escape(cell)}</td>" for place, cell in enumerate(row))
        + "</tr>" for row in rows)
    return f"<table width='98%' cellspacing='0' cellpadding='2'><tr>{head}</tr>{body}</table><br>"
