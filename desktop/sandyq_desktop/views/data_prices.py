"""Data, prices: completeness by exchange calendar, prices set by hand, what is stale, levels, sources and breaks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sandyq.basics.text import N_, Text
from sandyq.valuation.holdings import Freshness
from sandyq.workstation.contract import Question
from sandyq.workstation.recorded import Level, ManualPrice, SourceRank
from sandyq_desktop.context import ViewContext
from sandyq_desktop.controls import Choice, Words
from sandyq_desktop.dialogs.form import Field, FormDialog
from sandyq_desktop.dialogs.reason import ReasonDialog
from sandyq_desktop.look import Look
from sandyq_desktop.tables.columns import Column
from sandyq_desktop.tables.table import Table
from sandyq_desktop.views import acts
from sandyq_desktop.views import data_columns as columns
from sandyq_desktop.views.data_parts import Marked, caption, marked
from sandyq_desktop.views.pane import Pane

if TYPE_CHECKING:
    from sandyq.workstation.workstation import Workstation

SPANS = ((31, N_("One month")), (92, N_("Three months")), (366, N_("One year")))
NO_ROW = N_("No row is chosen.")
FRESH = {Freshness.AMBER: ("warning", "t_warn", N_("Stale")), Freshness.RED: ("breach", "t_breach", N_("Too old")),
         Freshness.MISSING: ("unknown", "t_unknown", N_("Unknown"))}


class Span(Choice):
    """How far back a section looks; the last day is the question's."""

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        for days, text in SPANS:
            self.addItem(look.say(text), days)
        self.setCurrentIndex(1)
        self.restyle()

    def restyle(self) -> None:
        for place, (_, text) in enumerate(SPANS):
            self.setItemText(place, self._look.say(text))
        self.setFont(self._look.font("small"))
        self.setAccessibleName(self._look.say(N_("How far back")))

    def first(self, last: date) -> date:
        return last - timedelta(days=int(self.currentData()))


class CompletenessPane(Pane):
    """Expected and present closes of what is held, by each exchange's own calendar, and how far that calendar goes."""

    def __init__(self, context: ViewContext) -> None:
        self.span = Span(context.look)
        super().__init__(context, "completeness", completeness_columns(context.look), N_("Completeness"),
                         ask=self._found, rows=lambda found: found[0], note=self._told)
        self.add(self.span)
        self.act(N_("Set a price by hand"), self._price, why_not=lambda row: NO_ROW if row is None else None)
        self.span.activated.connect(lambda _i: self.refresh())

    def _found(self, door: Workstation, q: Question) -> tuple[tuple[Any, ...], dict[str, date | None]]:
        rows = door.prices.completeness(q, self.span.first(q.as_of), q.as_of)
        known = door.knowledge(q.known_at).market.calendars
        ends = {row.market: date.fromordinal(known[row.market].known_to)
                if row.market in known and known[row.market].known_to else None for row in rows}
        return tuple((row, ends[row.market]) for row in rows), ends

    @staticmethod
    def _told(found: Any) -> Text:
        rows = found[0]
        if not rows:
            return N_("Nothing is held on this day, so no price is expected.")
        gaps, old = sum(1 for row, _ in rows if row.missing), sum(1 for row, _ in rows if row.age != 0)
        return N_("Instruments held: {all}. With missing days: {gaps}. Without a close of the day: {old}.",
                  all=len(rows), gaps=gaps, old=old)

    def _price(self) -> None:
        row = self.table.current()
        acts.manual_price(self._context, self, row[0].symbol)

    def restyle(self) -> None:
        super().restyle()
        self.span.restyle()


def completeness_columns(look: Look) -> tuple[Column, ...]:
    """Return the columns of (completeness, last day of the calendar)."""
    def missing(row: Any) -> str:
        days = ", ".join(look.words.language.date(day) for day in row[0].missing[-columns.MOST_DAYS:])
        rest = len(row[0].missing) - columns.MOST_DAYS
        return days if rest <= 0 else look.say(N_("{days} and {n} earlier", days=days, n=rest))

    return (
        Column("symbol", N_("Symbol"), lambda r: r[0].symbol, weight=lambda r: 600 if r[0].missing else 400),
        Column("market", N_("Exchange"), lambda r: r[0].market or None),
        Column("expected", N_("Expected"), lambda r: r[0].expected, number=True, digits=0),
        Column("present", N_("Present"), lambda r: r[0].present, number=True, digits=0),
        Column("gaps", N_("Missing"), lambda r: len(r[0].missing), number=True, digits=0,
               tone=lambda r: "t_warn" if r[0].missing else "tx3", weight=lambda r: 600 if r[0].missing else 400),
        Column("last", N_("Last close"), lambda r: r[0].last, tone=lambda r: "t_warn" if r[0].age else "tx"),
        marked("age", N_("Age"), lambda r: Marked("unknown", "t_unknown", N_("Unknown")) if r[0].age is None else
               Marked("warning", "t_warn", N_("{days} bd", days=r[0].age)) if r[0].age else
               Marked("", "tx3", N_("{days} bd", days=0)), sort=lambda r: r[0].age),
        Column("owner", N_("Owner"), lambda r: r[0].owner or None),
        Column("calendar", N_("Calendar known until"), lambda r: r[1] if r[0].calendar_known else
               N_("weekdays assumed"), tone=lambda r: "tx2" if r[0].calendar_known else "t_warn", role="small"),
        Column("missing", N_("Missing days"), missing, stretch=True, role="small", most=520),
    )


class PricesPane(Pane):
    """Prices set by hand beside the closes they replace; what is stale; IFRS 13 levels with reason and source."""

    def __init__(self, context: ViewContext) -> None:
        look = context.look
        super().__init__(context, "prices", manual_columns(), N_("Prices set by hand"), ask=_prices,
                         rows=lambda found: found[0], note=_prices_told)
        self.new = self.act(N_("New price by hand"), lambda: acts.manual_price(context, self))
        self.withdraw = self.act(N_("Withdraw"), self._withdraw, why_not=_still_counts)
        self.decide = self.act(N_("Decide a level"), self._decide)
        self.stale = Table(stale_columns(look), look, N_("Stale prices").template)
        self.levels = Table(level_columns(look), look, N_("Levels by IFRS 13").template)
        self._captions = [caption(context, N_("Stale prices")), caption(context, N_("Levels by IFRS 13"))]
        self.put_below(self._captions[0], self.stale)
        self.put_below(self._captions[1], self.levels)
        self._parts.setSizes([240, 200, 380])
        self.answered.connect(self._lower)

    def _lower(self, found: Any) -> None:
        self.stale.show_rows(found[1])
        self.stale.setVisible(bool(found[1]))
        self.levels.show_rows(found[2])
        self._captions[0].tell(N_("Stale prices: {n}", n=len(found[1])) if found[1] else
                               N_("Every holding has a price of the day."))

    def _withdraw(self) -> None:
        row = self.table.current()
        if not isinstance(row, ManualPrice):
            return
        dialog = ReasonDialog(self._context.look, N_("Withdraw the price of {symbol}", symbol=row.symbol),
                              N_("The price counts on no day any more. Its rows stay in the book."),
                              N_("Withdraw the price"), self)
        if dialog.exec():
            reason = dialog.reason
            acts.record(self._context, lambda door: door.prices.withdraw_manual(row.symbol, row.day, reason))

    def _decide(self) -> None:
        row = self.levels.current()
        if isinstance(row, tuple):
            decide_level(self._context, row[0], self)

    def restyle(self) -> None:
        super().restyle()
        for words in self._captions:
            words.restyle()
        self.stale.restyle()
        self.levels.restyle()


def decide_level(context: ViewContext, level: Level, parent: PricesPane) -> None:
    """Ask for a holding's level, its reason and its first day."""
    dialog = FormDialog(
        context.look, N_("Decide the level of {symbol}", symbol=level.symbol),
        N_("The decision counts from its day instead of the rule. Where people are enrolled, a second person approves "
           "it."),
        [Field("level", N_("IFRS 13 level"), str(level.level or 2), (("1", "1"), ("2", "2"), ("3", "3"))),
         Field("day", N_("Counts from"), acts.said(context, context.question.as_of)), acts.REASON],
        N_("Decide"), parent)
    if dialog.exec():
        values = dialog.values
        acts.record(context, lambda door: door.prices.decide_level(level.symbol, int(values["level"]),
                                                                   values["reason"], acts.day_of(values["day"])))


def _prices(door: Workstation, q: Question) -> tuple[Any, ...]:
    stale = tuple(line for line in door.holdings(q).open_lines if line.freshness is not Freshness.FRESH)
    owners = {row.symbol: row.owner for row in door.prices.completeness(q, q.as_of, q.as_of)}
    levels = door.prices.levels(q)
    files = {level.symbol: str(door.store_entry(level.origin.entry).payload.get("file", ""))
             for level in levels if level.origin is not None and level.origin.entry}
    return (door.prices.manual_prices(q), tuple((line, owners.get(line.symbol, "")) for line in stale),
            tuple((level, files.get(level.symbol, "")) for level in levels))


def _prices_told(found: Any) -> Text:
    if not found[0]:
        return N_("No price is set by hand.")
    return N_("Prices set by hand: {n}. In force: {active}. Waiting for a second person: {open}.", n=len(found[0]),
              active=sum(1 for row in found[0] if row.state == "in_force"),
              open=sum(1 for row in found[0] if row.state == "proposed"))


def _still_counts(row: Any) -> Text | None:
    if not isinstance(row, ManualPrice):
        return NO_ROW
    return None if row.state in {"in_force", "proposed"} else N_("This price does not count any more.")


_MANUAL = {"proposed": ("upcoming", "t_upcoming"), "in_force": ("ok", "t_ok"), "expired": ("not_applicable", "t_na"),
           "withdrawn": ("not_applicable", "t_na")}


def manual_columns() -> tuple[Column, ...]:
    """Return the columns of prices set by hand; a replaced close that is not there is blank: nothing was replaced."""
    return (
        marked("state", N_("State"), lambda r: Marked(*_MANUAL[r.state], columns.PRICE_STATES[r.state])),
        Column("symbol", N_("Symbol"), lambda r: r.symbol, weight=lambda _r: 500),
        Column("day", N_("Day"), lambda r: r.day), Column("close", N_("Closing price"), lambda r: r.close, number=True,
                                                          weight=lambda _r: 600),
        Column("currency", N_("Currency"), lambda r: r.currency, tone=lambda _r: "tx2"),
        Column("replaced", N_("Replaced close"), lambda r: "" if r.replaced is None else r.replaced, number=True),
        Column("expires", N_("Counts until"), lambda r: r.expires),
        Column("author", N_("Prepared by"), lambda r: r.author), Column("approver", N_("Approved by"),
                                                                        lambda r: r.approver),
        Column("proposal", N_("Proposal"), lambda r: r.proposal, role="small", tone=lambda _r: "tx2"),
        Column("reason", N_("Reason"), lambda r: r.reason, role="small", stretch=True, tone=lambda _r: "tx2"),
    )


def stale_columns(look: Look) -> tuple[Column, ...]:
    """Return the columns of (line of holdings, who answers for its data)."""
    def value(row: Any) -> object:
        return row[0].market_value_usd

    return (
        marked("state", N_("State"), lambda r: Marked(*FRESH[r[0].freshness])),
        Column("symbol", N_("Symbol"), lambda r: r[0].symbol, weight=lambda _r: 500),
        Column("day", N_("Last close"), lambda r: r[0].price.day if r[0].price else None, tone=lambda _r: "t_warn"),
        Column("age", N_("Age"), lambda r: None if r[0].age is None else look.say(N_("{days} bd", days=r[0].age)),
               tone=lambda r: FRESH[r[0].freshness][1]),
        Column("price", N_("Price"), lambda r: r[0].price.close if r[0].price else None, number=True),
        Column("quantity", N_("Quantity"), lambda r: r[0].quantity, number=True),
        Column("value", N_("Value in USD"), value, number=True, digits=2),
        Column("source", N_("Source"), lambda r: r[0].price.source if r[0].price else None, tone=lambda _r: "tx2"),
        Column("owner", N_("Owner"), lambda r: r[1] or None, stretch=True),
    )


def level_columns(look: Look) -> tuple[Column, ...]:
    """Return the columns of (level, file that the price or the decision came from)."""
    return (
        Column("symbol", N_("Symbol"), lambda r: r[0].symbol, weight=lambda _r: 500),
        Column("level", N_("Level"), lambda r: look.say(N_("Unknown")) if r[0].level is None else str(r[0].level),
               tone=lambda r: "t_unknown" if r[0].level is None else "tx", weight=lambda _r: 600),
        Column("decided", N_("Found by"), lambda r: N_("decision") if r[0].decided else N_("rule"),
               tone=lambda r: "tx" if r[0].decided else "tx2"),
        Column("reason", N_("Reason"), lambda r: r[0].reason, role="small", stretch=True, most=700),
        Column("source", N_("Source"), lambda r: "" if r[0].origin is None or not r[0].origin.entry else
               f"{r[1]} : {r[0].origin.line}" if r[1] else f"{r[0].origin.entry} : {r[0].origin.line}", role="small",
               tone=lambda _r: "tx2", middle=True, most=260),
    )


class SourcesPane(Pane):
    """Closes of two sources that are further apart than tolerated, and the sources with their rank."""

    def __init__(self, context: ViewContext) -> None:
        self.span = Span(context.look)
        look = context.look
        super().__init__(context, "sources", columns.two_source_columns(look), N_("Two sources"), ask=self._found,
                         rows=lambda found: found[0], note=_sources_told)
        self.add(self.span)
        self.rank = self.act(N_("Rank the source"), self._rank)
        self.ranks = Table(columns.source_columns(look), look, N_("Sources and their rank").template)
        self._caption: Words = caption(context, N_("Sources and their rank"))
        self.put_below(self._caption, self.ranks)
        self._parts.setSizes([500, 240])
        self.answered.connect(lambda found: self.ranks.show_rows(found[1]))
        self.span.activated.connect(lambda _i: self.refresh())

    def _found(self, door: Workstation, q: Question) -> tuple[Sequence[Any], Sequence[Any]]:
        return door.prices.two_source_breaks(q, self.span.first(q.as_of), q.as_of), door.prices.sources(q)

    def _rank(self) -> None:
        row = self.ranks.current()
        if not isinstance(row, SourceRank):
            return
        tolerance = "" if row.tolerance_bp is None else str(row.tolerance_bp)
        dialog = FormDialog(
            self._context.look, N_("Rank the source {source}", source=row.source),
            N_("Where sources differ the lowest rank counts. Without a rank the latest file counts."),
            [Field("rank", N_("Rank, 1 counts first"), str(row.rank or 1)),
             Field("tolerance", N_("Tolerance, bp"), tolerance, required=False), acts.REASON], N_("Rank it"), self)
        if dialog.exec():
            values = dialog.values
            self.rank_source(row.source, values["rank"], values["tolerance"], values["reason"])

    def rank_source(self, source: str, rank: str, tolerance: str, reason: str) -> None:
        """Record a rank, or propose it."""
        acts.record(self._context, lambda door: door.prices.rank(
            source, int(acts.number_of(rank)), acts.number_of(tolerance) if tolerance else None, reason))

    def restyle(self) -> None:
        super().restyle()
        self.span.restyle()
        self._caption.restyle()
        self.ranks.restyle()


def _sources_told(found: Any) -> Text:
    if len(found[1]) < 2:
        return N_("Closes come from one source only; there is nothing to compare.")
    return N_("Days on which two sources differ beyond the tolerance: {n}.", n=len(found[0]))
