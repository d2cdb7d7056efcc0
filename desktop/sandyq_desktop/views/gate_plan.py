"""Plan against done: the tranches, the overrides, the chart, and what people decide about them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from sandyq.basics.language import Language
from sandyq.basics.text import N_, Text
from sandyq.limits.tranche_plan import TrancheStanding, TrancheState
from sandyq.workstation.tranche_book import Plan, Signed, SignedOverride
from sandyq_desktop.charts.figure import Chart, Panel, Series
from sandyq_desktop.context import ViewContext
from sandyq_desktop.dialogs.form import Field, FormDialog
from sandyq_desktop.icons import Shape, draw
from sandyq_desktop.look import Look
from sandyq_desktop.tables.columns import Column
from sandyq_desktop.views.acts import REASON, day_of, number_of, record, said

MILLION: Final = Decimal(1_000_000)
_LOOKS: Final[dict[TrancheState, tuple[Shape, str, Text]]] = {
    TrancheState.DONE: (Shape.NOT_APPLICABLE, "tx2", N_("done")),
    TrancheState.RELEASED: (Shape.OK, "t_ok", N_("released")),
    TrancheState.READY: (Shape.UPCOMING, "t_upcoming", N_("may be released")),
    TrancheState.WAITS: (Shape.WAITING, "tx2", N_("waits")),
}
_Row = tuple[TrancheStanding, Plan]


def plan_rows(plan: Plan) -> tuple[_Row, ...]:
    """Return a row per tranche with the plan that it belongs to: what is to be bought first, then the latest done."""
    done = [one for one in plan.standings if one.state is TrancheState.DONE]
    return tuple((one, plan) for one in (*(one for one in plan.standings if one not in done), *reversed(done)))


def first_open(plan: Plan) -> TrancheStanding | None:
    """Return the first tranche that is not done."""
    return next((one for one in plan.standings if one.state is not TrancheState.DONE), None)


def _signatures(row: _Row) -> str:
    """Who signed the latest release of a tranche: initials do not name a person, so roles stand as enrolled."""
    own = [one.signed for one in row[1].releases if one.release.tranche == row[0].tranche.id]
    return f"{own[-1].author} + {own[-1].checker}" if own else ""


def _state(row: _Row, look: Look) -> str:
    return look.say(_LOOKS[row[0].state][2])


def _paint_state(painter: QPainter, cell: QRectF, row: _Row, look: Look, ground: str) -> None:
    shape, token, word = _LOOKS[row[0].state]
    size = look.px(12)
    draw(painter, shape, QRectF(cell.left() + look.px(6), cell.center().y() - size / 2, size, size), look.color(token),
         look.color(ground))
    painter.setFont(look.font("small"))
    painter.setPen(look.color(token))
    painter.drawText(cell.adjusted(look.px(24), 0, 0, 0), int(Qt.AlignmentFlag.AlignVCenter), look.say(word))


def _why(row: _Row, look: Look) -> str:
    if row[0].state is TrancheState.DONE:
        return look.say(N_("counted by its day: no order named it")) if row[0].laid else ""
    if row[0].state is TrancheState.RELEASED and row[0].release is not None:
        return look.say(N_("until {day}", day=row[0].release.valid_to))
    reasons = " ".join(look.say(reason.text) for reason in row[0].reasons)
    if not row[0].done or row[0].left is None:
        return reasons
    left = look.say(N_("USD {left} left.", left=look.words.language.number(row[0].left, 0)))
    return f"{left} {reasons}"


def plan_columns(look: Look) -> tuple[Column, ...]:
    """Return the columns of the tranche plan; amounts in USD millions."""
    return (
        Column("id", N_("No."), lambda r: r[0].tranche.id, weight=lambda _r: 600),
        Column("earliest", N_("Not before"), lambda r: r[0].earliest or ""),
        Column("planned", N_("Planned"), lambda r: r[0].tranche.amount / MILLION, number=True, digits=1),
        Column("bought", N_("Bought"), lambda r: r[0].last_bought or "—"),
        Column("done", N_("Done"), lambda r: None if r[0].done is None else r[0].done / MILLION, number=True, digits=1),
        Column("state", N_("State"), lambda r: _state(r, look), width=150, paint=_paint_state,
               spoken=lambda r, _look: _state(r, look)),
        Column("signed", N_("Signed"), _signatures, role="small", leaves=2),
        Column("why", N_("Why"), lambda r: _why(r, look), role="small", tone=lambda _r: "tx2", stretch=True, most=900),
    )


def override_columns() -> tuple[Column, ...]:
    """Return the columns of overrides; amounts in USD millions."""
    def signed(row: SignedOverride) -> str:
        one: Signed = row.signed
        return f"{one.author} + {one.checker}"

    return (
        Column("reference", N_("Override"), lambda r: r.override.reference, weight=lambda _r: 600),
        Column("committee", N_("Committee"), lambda r: r.override.committee_reference),
        Column("tranche", N_("Tranche"), lambda r: r.override.tranche or N_("one purchase")),
        Column("amount", N_("USD m"), lambda r: None if r.override.amount is None else r.override.amount / MILLION,
               number=True, digits=1),
        Column("used", N_("Used"), lambda r: None if r.used is None else r.used / MILLION, number=True, digits=1),
        Column("from", N_("From"), lambda r: r.override.valid_from),
        Column("to", N_("Until"), lambda r: r.override.valid_to),
        Column("signed", N_("Signed"), signed, role="small"),
        Column("reason", N_("Reason"), lambda r: r.signed.reason, role="small", stretch=True),
    )


def plan_chart(plan: Plan, as_of: date, language: Language) -> Chart:
    """Return planned against done, cumulative USD millions, with the mandate's maximum."""
    say = language.say
    planned = [(one.tranche.earliest or one.earliest, one.tranche.amount) for one in plan.standings]
    dated = [(day, amount) for day, amount in planned if day is not None]
    bought = [(one.day, one.amount) for one in plan.bought]
    ends = [day for day, _ in (*dated, *bought)]
    if not ends:
        return Chart((), ())
    first, last = min(ends) - timedelta(days=14), max(*ends, as_of) + timedelta(days=30)
    days = tuple(first + timedelta(days=n) for n in range((last - first).days + 1))
    done = _cumulative(days, bought)
    done[np.array([day > as_of for day in days])] = np.nan
    return Chart(days, (Panel("", "", (
        Series(say(N_("Maximum")), np.full(len(days), float(plan.maximum / MILLION)), "tx", "step", "hard",
               labelled=True),
        Series(say(N_("Planned")), _cumulative(days, dated), "tx2", "step", "soft", labelled=True),
        Series(say(N_("Done")), done, "c1", "step", bold=True, ring=True, labelled=True)), digits=1, ticks=5),))


def _cumulative(days: Sequence[date], amounts: Sequence[tuple[date, Decimal | None]]) -> Any:
    values = np.zeros(len(days))
    for day, amount in amounts:
        step = np.nan if amount is None else float(amount / MILLION)
        values[(day - days[0]).days:] += step
    return values


# ---- decisions

def ask_release(context: ViewContext, plan: Plan, standing: TrancheStanding, parent: QWidget) -> None:
    """Ask the maker to sign the release of a tranche."""
    question, name = context.question, standing.tranche.id
    left = context.words.language.number(standing.releasable, 2)
    dialog = FormDialog(
        context.look, N_("Release tranche {tranche}", tranche=name),
        N_("The state of the gate and of every limit is stored with the release under a hash. It counts when a second "
           "person has signed it too. Every purchase is checked again on its day."),
        [Field("amount", N_("Amount, USD"), left, reads=number_of),
         Field("until", N_("Last day"), said(context, plan.as_of + timedelta(days=30)), reads=day_of), REASON],
        N_("Sign the release"), parent)
    if dialog.exec():
        values = dialog.values
        record(context, lambda door: door.tranches.release(
            question, name, values["reason"], amount=number_of(values["amount"]), valid_to=day_of(values["until"])))


def ask_override(context: ViewContext, plan: Plan, parent: QWidget) -> None:
    """Ask for a committee's decision to buy through a shut gate."""
    question, on = context.question, plan.as_of
    choices: tuple[tuple[str, Text | str], ...] = (("", N_("one purchase")), *(
        (one.tranche.id, one.tranche.id) for one in plan.standings if one.state is not TrancheState.DONE))
    dialog = FormDialog(
        context.look, N_("Override the shut gate"),
        N_("For one tranche or one purchase only. Every later report prints it, and audit counts it. It counts when a "
           "second person has signed it too."),
        [Field("committee", N_("Committee's decision"), hint="IC-2026-14"),
         Field("tranche", N_("For"), choices[1][0] if len(choices) > 1 else "", choices, required=False),
         Field("amount", N_("At most, USD"), reads=number_of),
         Field("from", N_("First day"), said(context, on), reads=day_of),
         Field("until", N_("Last day"), said(context, on + timedelta(days=5)), reads=day_of), REASON],
        N_("Sign the override"), parent)
    if dialog.exec():
        values = dialog.values
        record(context, lambda door: door.tranches.override(
            question, values["committee"], number_of(values["amount"]), day_of(values["from"]),
            day_of(values["until"]), values["reason"], values["tranche"]))


def record_day(context: ViewContext) -> None:
    """Record the gate's day as evidence."""
    question = context.question
    record(context, lambda door: door.tranches.record_day(question))
