"""The chips and the status bar: worst limit, missing and stale data, chain, mandate, rate, role."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandyq.control.records import Verification
from sandyq.limits.result import SEVERITY, State
from sandyq.store.store import Store
from sandyq.valuation.holdings import Freshness
from sandyq.workstation.contract import Question, Status

if TYPE_CHECKING:
    from sandyq.workstation.workstation import Workstation


def status(station: Workstation, q: Question, store: Store, verified: Verification | None) -> Status:
    """Return what the bars of the window show for a question."""
    picture = station.picture(q)
    known = picture.knowledge
    has_mandate = bool(known.mandates)
    ranked = sorted(picture.limits.results, key=lambda r: (
        SEVERITY[r.state], -(r.worst.utilisation or 0) if r.worst else 0)) if has_mandate else []
    worst = ranked[0] if ranked and ranked[0].state is not State.NOT_APPLICABLE else None
    lines = picture.holdings.open_lines
    kzt = picture.holdings.kzt
    return Status(
        book=station.name, demo=station.demo, as_of=q.as_of,
        worst=(worst.limit.id, worst.state) if worst else None, gate=None,
        missing=sum(1 for line in lines if line.freshness in {Freshness.MISSING, Freshness.RED}),
        stale=sum(1 for line in lines if line.freshness is Freshness.AMBER),
        chain_entries=known.head, chain_holds=verified.holds if verified else None,
        mandate=picture.mandate.version if has_mandate else "",
        mandate_from=picture.mandate.valid_from if has_mandate else None,
        kzt_rate=kzt.rate if kzt else None, kzt_day=kzt.day if kzt else None, kzt_source=kzt.source if kzt else "",
        schema=store.schema_version, actor=station.actor, role=station.actor,
        read_only=store.read_only,
    )
