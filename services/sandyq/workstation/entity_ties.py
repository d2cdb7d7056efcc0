"""The entities of the registers in the form that a limit counts: ties by symbol, money, coins nobody keeps (F098)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from sandyq.basics.decimals import ZERO
from sandyq.exposure.result import Exposure
from sandyq.limits.snapshot import total
from sandyq.limits.surroundings import Entity, Tie
from sandyq.reference.parties import Party
from sandyq.valuation.holdings import Holdings
from sandyq.workstation.entities import COIN_KEEPERS, MONEY, EntityLink, Web

if TYPE_CHECKING:
    from sandyq.workstation.knowledge import Knowledge

Seen = tuple[Holdings, Exposure]
"""Holdings of one day, looked through."""

def entities(known: Knowledge, book: str, on: date, seen: Sequence[Seen]) -> tuple[Entity, ...]:
    """Return every party of the registers on the day that holdings or money of the book depend on."""
    registers = known.permits.registers
    names = dict.fromkeys(row.party for row in registers.parties)
    parties = [row for name in names if (row := registers.party(name, on)) is not None]
    webs = [(Web(known, registers, holdings, exposure, book), holdings) for holdings, exposure in seen]
    found = (_entity(party, webs) for party in parties)
    return tuple(entity for entity in found if entity.ties or entity.money != ZERO)


def coin_values(known: Knowledge, book: str, seen: Sequence[Seen]) -> Mapping[str, tuple[Decimal | None, Decimal]]:
    """Return symbol → (USD of the coins behind, so many shares)."""
    found: dict[str, tuple[Decimal | None, Decimal]] = {}
    for holdings, exposure in seen:
        web = Web(known, known.permits.registers, holdings, exposure, book)
        for line in holdings.open_lines:
            found.setdefault(line.symbol, (web.coins_behind(line.instrument.id), line.quantity))
    return found


def _entity(party: Party, webs: list[tuple[Web, Holdings]]) -> Entity:
    ties: dict[str, tuple[Tie, ...]] = {}
    money: Decimal | None = ZERO
    loose: set[str] = set()
    for number, (web, holdings) in enumerate(webs):
        links = [link for link in web.links(party, frozenset()) if link.exposed]
        symbols = {line.instrument.id: line.symbol for line in holdings.open_lines}
        keeps = party.kind in COIN_KEEPERS or any(link.role in COIN_KEEPERS for link in links)
        named = {link.holding for link in links if link.role in COIN_KEEPERS}
        if keeps:
            loose |= {symbols[name] for name, _ in web.loose() if name not in named and name in symbols}
        for name, symbol in symbols.items():
            own = tuple(_tie(link) for link in links if link.holding == name)
            if own:
                ties.setdefault(symbol, own)
        if not number:
            money = total(link.amount_usd for link in links if link.role == MONEY)
    return Entity(party.name, ties, money, frozenset(loose))


def _tie(link: EntityLink) -> Tie:
    return Tie(link.role, link.coins, link.share, link.chain)
