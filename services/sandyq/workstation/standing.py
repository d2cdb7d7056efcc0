"""The chips and the status bar: worst limit, missing and stale data, chain, mandate, rate, role."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from sandyq.basics.errors import BadInput
from sandyq.basics.text import N_, Text
from sandyq.control.records import Verification
from sandyq.limits.result import SEVERITY, State
from sandyq.reference.accounts import SLEEVE
from sandyq.store.store import Store
from sandyq.valuation.holdings import Freshness
from sandyq.workstation.contract import Question, Status

if TYPE_CHECKING:
    from sandyq.workstation.workstation import Workstation

_GATE: Final = MappingProxyType({"closed": N_("closed"), "armed": N_("armed"), "open": N_("open")})


def status(station: Workstation, q: Question, store: Store, verified: Verification | None) -> Status:
    """Return what the bars of the window show for a question."""
    picture = station.picture(q)
    known = picture.knowledge
    has_mandate = known.has_mandate(q.book)
    ranked = sorted(picture.limits.results, key=lambda r: (
        SEVERITY[r.state], -(r.worst.utilisation or 0) if r.worst else 0)) if has_mandate else []
    worst = ranked[0] if ranked and ranked[0].state is not State.NOT_APPLICABLE else None
    lines = picture.holdings.open_lines
    kzt = picture.holdings.kzt
    return Status(
        book=station.name, demo=station.demo, as_of=q.as_of,
        worst=(worst.limit.id, worst.state) if worst else None, gate=gate_words(station, q),
        missing=sum(1 for line in lines if line.freshness in {Freshness.MISSING, Freshness.RED}),
        stale=sum(1 for line in lines if line.freshness is Freshness.AMBER),
        chain_entries=known.head, chain_holds=verified.holds if verified else None,
        mandate=picture.mandate.version if has_mandate else "",
        mandate_from=picture.mandate.valid_from if has_mandate else None,
        kzt_rate=kzt.rate if kzt else None, kzt_day=kzt.day if kzt else None, kzt_source=kzt.source if kzt else "",
        schema=store.schema_version, actor=station.actor, role=_role(station),
        read_only=store.read_only, books=tuple(sorted({SLEEVE, *known.books.values()}, key=lambda name: (
            name != SLEEVE, name))), void=len(station.people.void_decisions()),
    )


def _role(station: Workstation) -> str:
    """Return the role of the person whose key is open, empty where nobody's is."""
    person = station.people.whoami()
    return person.role.value if person else ""


def gate_words(station: Workstation, q: Question) -> Text | None:
    """Return the gate's state in words where the mandate in force has a gate."""
    known = station.knowledge(q.known_at)
    if not known.has_mandate(q.book) or known.mandate(q.as_of, q.book).gate is None:
        return None
    from sandyq.workstation.gating import gate_on  # numpy only where a gate is asked for

    try:
        today = gate_on(station, q)
    except BadInput as error:
        return error.what
    return N_("{state}, {n} of {of}", state=_GATE[today.today.state.value], n=today.today.dwell, of=today.rule.dwell)
