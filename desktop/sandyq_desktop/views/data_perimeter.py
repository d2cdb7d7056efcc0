"""Data, reserves and reporting: the sleeve's share of the reserves over time, and thresholds of reporting to others."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from sandyq.basics.decimals import HUNDRED, product
from sandyq.basics.text import N_, Text
from sandyq.limits.disclosure import ALERT_WORDS, STATE_WORDS, AlertState
from sandyq.valuation.holdings import Freshness
from sandyq.workstation.contract import Question
from sandyq_desktop.context import ViewContext
from sandyq_desktop.look import Look
from sandyq_desktop.scaling import BILLION
from sandyq_desktop.tables.columns import Column
from sandyq_desktop.tables.table import Table
from sandyq_desktop.views.data_parts import Marked, caption, marked
from sandyq_desktop.views.data_prices import FRESH
from sandyq_desktop.views.pane import Pane

if TYPE_CHECKING:
    from sandyq.limits.disclosure import Alert
    from sandyq.workstation.perimeters import ReserveShare
    from sandyq.workstation.workstation import Workstation

_Found = tuple[tuple["ReserveShare", ...], tuple["Alert", ...]]
_FRESH: Final = {Freshness.FRESH: ("ok", "t_ok", N_("Fresh")), **FRESH}
_ALERTS: Final = {AlertState.REACHED: ("breach", "t_breach"), AlertState.NEAR: ("warning", "t_warn"),
                  AlertState.UNKNOWN: ("unknown", "t_unknown"), AlertState.CLEAR: ("ok", "t_ok")}


class PerimeterPane(Pane):
    """The reserves by month end, newest first; below, what has to be reported to others, reached thresholds first."""

    def __init__(self, context: ViewContext) -> None:
        look = context.look
        super().__init__(context, "perimeter", share_columns(look), N_("Reserves"), ask=_asked, rows=newest_first,
                         note=_told)
        self.alerts = Table(alert_columns(look), look, N_("Reporting to others").template)
        self._caption = caption(context, N_("Reporting to others"))
        self.put_below(self._caption, self.alerts)
        self.answered.connect(self._show_alerts)

    def _show_alerts(self, found: _Found) -> None:
        self.alerts.show_rows(found[1])
        self._caption.tell(_reporting(found[1]))

    def restyle(self) -> None:
        super().restyle()
        self._caption.restyle()
        self.alerts.restyle()


def _asked(door: Workstation, q: Question) -> _Found:
    return door.custody.reserves(q), door.custody.disclosures(q)


def newest_first(found: _Found) -> tuple[ReserveShare, ...]:
    """Return the rows of the table, the newest day first, the series of a day in their own order."""
    return tuple(sorted(found[0], key=lambda row: row.day, reverse=True))


def _told(found: _Found) -> Text:
    shares = found[0]
    if not shares:
        return N_("No figure of the reserves was published, or the book has no mandate.")
    old = ", ".join(row.series for row in shares
                    if row.day == shares[-1].day and row.freshness is not Freshness.FRESH)
    if old:
        return N_("The figure of these series is not fresh: {series}.", series=old)
    return N_("The sleeve's share of each series, as it was published by each day. Series: {n}.",
              n=len({row.series for row in shares}))


def _reporting(alerts: tuple[Alert, ...]) -> Text:
    if not alerts:
        return N_("Reporting to others: the book has no mandate.")
    count = {state: sum(1 for one in alerts if one.state is state) for state in AlertState}
    return N_("Reporting to others, all books together. Reached: {reached}. Near: {near}. Unknown: {unknown}.",
              reached=count[AlertState.REACHED], near=count[AlertState.NEAR], unknown=count[AlertState.UNKNOWN])


def share_columns(look: Look) -> tuple[Column, ...]:
    """Return the columns of the sleeve's share: an Unknown share is a dash with the reason in the column before it."""
    del look

    def percent(row: Any) -> Decimal | None:
        return None if row.share is None else product(row.share, HUNDRED)

    return (
        Column("day", N_("Day"), lambda r: r.day, weight=lambda _r: 500),
        Column("series", N_("Series"), lambda r: r.series, weight=lambda _r: 500),
        Column("amount", N_("USD bn"), lambda r: r.amount_usd / BILLION, number=True, digits=3),
        Column("of", N_("Figure of"), lambda r: r.of, tone=lambda _r: "tx2"),
        Column("published", N_("Published"), lambda r: r.published, tone=lambda _r: "tx2"),
        Column("age", N_("Age, days"), lambda r: r.age, number=True, digits=0, tone=lambda r: _FRESH[r.freshness][1]
               if r.freshness is not Freshness.FRESH else "tx"),
        marked("freshness", N_("Freshness"), lambda r: Marked(*_FRESH[r.freshness])),
        Column("share", N_("Share, %"), percent, number=True, digits=3),
        Column("basis_points", N_("Basis points"), lambda r: r.basis_points, number=True, digits=2,
               weight=lambda _r: 600),
        Column("source", N_("Source"), lambda r: r.source, role="small", stretch=True, leaves=1,
               tone=lambda _r: "tx2"),
    )


def alert_columns(look: Look) -> tuple[Column, ...]:
    """Return the columns of thresholds: amounts in USD, shares in per cent, each with its unit."""
    def state(row: Any) -> Marked:
        return Marked(*_ALERTS[row.state], STATE_WORDS[row.state])

    def shown(row: Any, amount: Decimal | None) -> Decimal | None:
        return amount if amount is None or row.unit == "USD" else product(amount, HUNDRED)

    def digits(row: Any) -> int:
        return 2 if row.unit == "USD" else 4

    return (
        marked("state", N_("State"), state),
        Column("rule", N_("Threshold of"), lambda r: ALERT_WORDS[r.rule], weight=lambda r: 400 if
               r.state is AlertState.CLEAR else 500, most=340),
        Column("subject", N_("Symbol"), lambda r: r.subject, weight=lambda _r: 500),
        Column("value", N_("Value"), lambda r: shown(r, r.value), number=True, digits=digits),
        Column("threshold", N_("Threshold"), lambda r: shown(r, r.threshold), number=True, digits=digits),
        Column("unit", N_("Unit"), lambda r: "USD" if r.unit == "USD" else "%", role="caption", tone=lambda _r: "tx3"),
        Column("findings", N_("Findings"), lambda r: "; ".join(look.say(f.text) for f in r.findings), role="small",
               stretch=True, tone=lambda _r: "t_warn"),
    )
