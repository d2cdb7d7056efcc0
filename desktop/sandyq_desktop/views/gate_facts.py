"""What stands under the gate's state: until when, since when, what was recorded, and what waiting has cost."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sandyq.basics.text import N_, Text
from sandyq.gate.machine import GateState
from sandyq_desktop.context import ViewContext
from sandyq_desktop.views import gate_plan
from sandyq_desktop.views.gate_state import Shown

if TYPE_CHECKING:
    from sandyq.workstation.gating import Gate
    from sandyq.workstation.tranche_book import Plan

_RECORDED: Final[dict[str, Text]] = {"closed": N_("closed"), "armed": N_("armed"), "open": N_("open")}


def dwell_words(gate: Gate) -> Text:
    """Return how long the tests have held, and the soonest day on which an armed gate opens."""
    today, rule = gate.today, gate.rule
    if today.state is not GateState.ARMED:
        return N_("{n} of {of} days", n=min(today.dwell, rule.dwell), of=rule.dwell)
    return N_("{n} of {of} days, opens on {day} at the soonest", n=today.dwell, of=rule.dwell,
              day=today.day + timedelta(days=rule.dwell - today.dwell))


def facts_of(context: ViewContext, shown: Shown) -> list[tuple[Text | str, Text | str]]:
    """Return what stands under the state, as (name, words)."""
    gate, plan = shown.gate, shown.plan
    days = [day.day for day in gate.days if day.state is GateState.OPEN]
    found: list[tuple[Text | str, Text | str]] = []
    if not gate.in_mandate:
        found.append((N_("Mandate"), N_("has no gate: these are the usual tests, no limit asks for them")))
    elif gate.today.state is not GateState.OPEN:
        found.append((N_("Until then"), N_("no purchase without an override")))
    found.append((N_("Last open"), context.words.language.date(days[-1]) if days else "—"))
    found.append((N_("Lapses"), N_("after {n} days without a purchase", n=gate.rule.lapse)))
    recorded = shown.recorded
    found.append((N_("Recorded"), N_("not yet for this day") if recorded is None else N_(
        "{state}, hash {hash}", state=_RECORDED.get(recorded.evidence.state, recorded.evidence.state),
        hash=recorded.content_hash[:12])))
    if plan is not None:
        found.append((N_("Overrides"), N_("{n} in the last year", n=plan.override_count)))
        if plan.waiting is not None:
            amount = context.words.language.number(plan.waiting.undeployed / gate_plan.MILLION, 1)
            found.append((N_("Not deployed"), N_("USD {amount} m since {day}", amount=amount,
                                                 day=plan.waiting.since)))
        found.append((N_("Cost of waiting"), _waiting(context, plan)))
    return found


def _waiting(context: ViewContext, plan: Plan) -> Text:
    waiting, number = plan.waiting, context.words.language.number
    if waiting is None:
        return N_("Unknown")
    usd, kzt = waiting.usd / gate_plan.MILLION, waiting.kzt
    sign = "+" if usd > 0 else ""
    return N_("USD {usd} m, KZT {kzt} bn", usd=sign + number(usd, 1),
              kzt="—" if kzt is None else sign + number(kzt / 1000 / gate_plan.MILLION, 2))
