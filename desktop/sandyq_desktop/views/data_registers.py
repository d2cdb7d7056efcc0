"""Data, registers: parties with licences, and what depends on the chosen one; the columns of an eligibility sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandyq.basics.text import N_, Text
from sandyq.reference.parties import kind_word, standing_word
from sandyq.workstation.recorded import PartyView
from sandyq_desktop.context import ViewContext
from sandyq_desktop.look import Look
from sandyq_desktop.tables.columns import Column
from sandyq_desktop.tables.table import Table
from sandyq_desktop.views.data_parts import Marked, caption, marked
from sandyq_desktop.views.pane import Pane

if TYPE_CHECKING:
    from sandyq.workstation.entities import EntityView

MOST_DIGITS = 4


class RegistersPane(Pane):
    """The registers of a day. Choosing a party shows every chain to it; each holding counts once."""

    def __init__(self, context: ViewContext) -> None:
        look = context.look
        super().__init__(context, "parties", party_columns(look), N_("Parties"),
                         ask=lambda door, q: door.custody.parties(q), note=_told)
        self.links = Table(link_columns(look), look, N_("What depends on the party").template)
        self.entity: EntityView | None = None
        self._caption = caption(context, N_("What depends on the party"))
        self.put_below(self._caption, self.links)
        self.answered.connect(lambda _a: self._follow(self.table.current()))
        self.table.chosen.connect(self._follow)

    def _follow(self, row: object) -> None:
        """Ask what depends on the chosen party."""
        if not isinstance(row, PartyView):
            self.links.show_rows(())
            self._caption.tell(N_("No party is chosen."))
            return
        question, party = self._context.question, row.party
        self._context.tasks.ask(lambda door: door.custody.entity(question, party), self.show_entity, key="party-links")

    def show_entity(self, found: EntityView) -> None:
        self.entity = found
        self.links.show_rows(found.links)
        self._caption.tell(_exposure(found))

    def restyle(self) -> None:
        super().restyle()
        self._caption.restyle()
        self.links.restyle()


def _told(rows: Any) -> Text:
    if not rows:
        return N_("The registers know no party on this day. Import parties, roles and licences.")
    return N_("Parties: {n}. With findings: {found}.", n=len(rows), found=sum(1 for row in rows if row.findings))


def _exposure(found: EntityView) -> Text:
    name = found.party.name
    if found.exposure_usd is None:
        names = sorted({link.chain[0] for link in found.links if link.counted and link.amount_usd is None})
        return N_("{party}: exposure Unknown. Nothing can be said about {symbols}.", party=name,
                  symbols=", ".join(names))
    if found.possible_usd is not None and found.possible_usd != found.exposure_usd:
        return N_("{party}: {amount} USD over all roles, each holding once; up to {possible} USD with coins whose "
                  "custodian nobody names.", party=name, amount=round(found.exposure_usd),
                  possible=round(found.possible_usd))
    return N_("{party}: {amount} USD over all roles, each holding once.", party=name, amount=round(found.exposure_usd))


def party_columns(look: Look) -> tuple[Column, ...]:
    """Return the columns of parties: in red what is not in order, with the findings in words."""
    def status(row: Any) -> Marked:
        if row.status != "active":
            return Marked("breach", "t_breach", standing_word(row.status))
        loud = any(finding.severity.value == "error" for finding in row.findings)
        if loud:
            return Marked("breach", "t_breach", N_("Not in order"))
        return Marked("warning", "t_warn", N_("Look at it")) if row.findings else Marked("ok", "t_ok", standing_word(
            row.status))

    def roles(row: Any) -> str:
        return "; ".join(f"{look.say(kind_word(role))}: {subject}" for role, subject in row.roles)

    return (
        marked("status", N_("Status"), status),
        Column("name", N_("Party"), lambda r: r.name, weight=lambda _r: 500, most=240),
        Column("kind", N_("Kind"), lambda r: kind_word(r.kind)), Column("country", N_("Country"),
                                                                        lambda r: r.country or None),
        Column("licence", N_("Licence"), lambda r: r.licence),
        Column("authority", N_("Authority"), lambda r: r.licence_authority, most=180, leaves=1, tone=lambda _r: "tx2"),
        Column("until", N_("Until"), lambda r: r.licence_until or ""),
        Column("roles", N_("Roles"), roles, role="small", most=300, leaves=2, tone=lambda _r: "tx2"),
        Column("findings", N_("Findings"), lambda r: "; ".join(look.say(f.text) for f in r.findings), role="small",
               stretch=True, tone=lambda _r: "t_warn"),
    )


def link_columns(look: Look) -> tuple[Column, ...]:
    """Return the columns of the ways in which something depends on a party."""
    def counted(row: Any) -> Marked:
        if row.counted:
            return Marked("ok", "tx", N_("counts"))
        return Marked("", "tx3", N_("counted once already") if row.exposed else N_("no exposure"))

    del look
    return (
        Column("role", N_("Role"), lambda r: N_("Bank") if r.role == "bank" else kind_word(r.role),
               weight=lambda r: 500 if r.counted else 400),
        Column("chain", N_("Chain"), lambda r: " → ".join(r.chain), stretch=True, most=700),
        Column("amount", N_("Exposed, USD"), lambda r: r.amount_usd if r.exposed else "", number=True, digits=2,
               weight=lambda r: 600 if r.counted else 400),
        marked("counted", N_("In the sum"), counted),
        Column("source", N_("Source"), lambda r: r.source, role="small", tone=lambda _r: "tx2", most=260),
    )


def item_columns(look: Look) -> tuple[Column, ...]:
    """Return the columns of an eligibility sheet: what is missing is Unknown, in words."""
    def value(row: Any) -> str:
        if row.said is not None:
            return look.say(row.said)
        if row.value is None:
            return f"— {look.say(N_('Unknown'))}"
        if isinstance(row.value, str):
            return row.value
        places = min(MOST_DIGITS, max(0, -int(row.value.as_tuple().exponent)))
        return look.words.language.number(row.value, places)

    return (
        Column("label", N_("Item"), lambda r: r.label, weight=lambda _r: 500),
        Column("value", N_("Value"), value, tone=lambda r: "t_unknown" if r.value is None else "tx", most=460),
        Column("unit", N_("Unit"), lambda r: r.unit, role="caption", tone=lambda _r: "tx3"),
        Column("day", N_("Day"), lambda r: r.day or "", tone=lambda _r: "tx2"),
        Column("source", N_("Source"), lambda r: r.source, role="small", stretch=True, tone=lambda _r: "tx2"),
        Column("flag", N_("Doubt"), lambda r: r.flag or "", role="small", most=420, tone=lambda _r: "t_warn"),
    )
