"""One entity over all its roles: what depends on it, by which chain, and how much in all, each holding once (F098)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from sandyq.basics.decimals import ONE, ZERO, product, quotient
from sandyq.basics.errors import BadInput
from sandyq.basics.findings import Finding, Severity
from sandyq.basics.origin import Origin
from sandyq.basics.text import N_, Text
from sandyq.exposure.result import Exposure, ExposureLine
from sandyq.reference.accounts import Form
from sandyq.reference.custodians import UNKNOWN_CUSTODIAN, custodian_of
from sandyq.reference.instruments import Instrument
from sandyq.reference.parties import Party, PartyKind, PartyRole, Registers, in_force
from sandyq.store.custody import read_registers
from sandyq.valuation.holdings import Holdings, Line
from sandyq.workstation.cash_accounts import in_book
from sandyq.workstation.contract import Question
from sandyq.workstation.recorded import PartyView
from sandyq.workstation.registers import view_of

if TYPE_CHECKING:
    from sandyq.workstation.knowledge import Knowledge
    from sandyq.workstation.workstation import Workstation

_WHOLE: Final = frozenset({PartyKind.ISSUER.value, PartyKind.SPONSOR.value, PartyKind.TRUSTEE.value})
"""Roles by which the whole value of a holding depends on the party."""
COIN_KEEPERS: Final = frozenset({PartyKind.COIN_CUSTODIAN.value, PartyKind.PRIME_BROKER.value})
"""Roles by which the coins behind a holding lie with the party."""
_ACCOUNTS: Final = frozenset({PartyKind.SECURITIES_CUSTODIAN.value, PartyKind.BROKER.value,
                              PartyKind.PRIME_BROKER.value})
"""Roles that a party has for an account of ours: what lies there depends on it."""
MONEY: Final = "bank"
"""The role of who keeps money of ours."""


@dataclass(frozen=True, slots=True)
class EntityLink:
    """One way in which a holding (or money) depends on an entity.

    `chain` leads from the holding to the entity. `exposed` False: a role that carries no exposure (an auditor). Of the
    roles for one holding only the largest is `counted`. `amount_usd` None is Unknown.
    """

    role: str
    holding: str
    chain: tuple[str, ...]
    amount_usd: Decimal | None
    exposed: bool
    counted: bool
    source: str
    origin: Origin | None
    coins: bool = False
    """The amount is a share of the coins behind the holding, not of its market value."""
    share: Decimal | None = None
    """Of the value or of the coins; None where the register or the source does not say."""


@dataclass(frozen=True, slots=True)
class EntityView:
    """An entity with every link. `exposure_usd` counts each holding once; None when a counted link is Unknown.

    `possible_usd` adds the coins whose custodian nobody names, for an entity that keeps coins.
    """

    party: PartyView
    links: tuple[EntityLink, ...]
    exposure_usd: Decimal | None
    possible_usd: Decimal | None
    findings: tuple[Finding, ...]


def _known_names(registers: Registers, on: date) -> Text | None:
    names = sorted({row.name for row in registers.parties if registers.party(row.party, on) is row})
    return N_("The register knows: {names}.", names=", ".join(names)) if names else None


def entity(station: Workstation, q: Question, party: str) -> EntityView:
    """Return an entity on the question's day. Raises BadInput for a party that no register knows then."""
    registers = read_registers(station.store, q.known_at)
    row = registers.party(party, q.as_of)
    if row is None:
        raise BadInput("no-party", N_("There is no party {party} in the register on {day}.", party=party,
                                      day=q.as_of), remedy=_known_names(registers, q.as_of))
    picture = station.picture(q)
    web = Web(station.knowledge(q.known_at), registers, picture.holdings, picture.exposure, q.book)
    links = _counted(web.links(row, frozenset()))
    total = _sum([link.amount_usd for link in links if link.counted])
    keeps_coins = row.kind in COIN_KEEPERS or any(link.role in COIN_KEEPERS for link in links)
    named = {link.holding for link in links if link.role in COIN_KEEPERS}
    loose = [amount for name, amount in web.loose() if name not in named] if keeps_coins else []
    possible = _sum([total, *loose])
    return EntityView(view_of(registers, row, q.as_of), links, total, possible,
                      tuple(_doubts(row, links, loose, total)))


class Web:
    """The holdings of one day and what is registered about the parties behind them."""

    def __init__(self, known: Knowledge, registers: Registers, holdings: Holdings, exposure: Exposure,
                 book: str) -> None:
        self._on = holdings.as_of
        self._registers = registers
        self._known = known
        self._book = book
        self._lines = {line.instrument.id: line for line in holdings.open_lines}
        self._cash = holdings.cash
        self._seen = {line.instrument: line for line in exposure.lines}
        self._prices = exposure.coin_prices

    def links(self, party: Party, passed: frozenset[str]) -> list[EntityLink]:
        """Return every link of a party; `passed` are the parties already on the chain.

        A role of the register takes the place of the same role that the instrument's attributes give.
        """
        found = [link for role in self._registers.roles_of(party.party, self._on)
                 for link in self._by_role(party, role, passed | {party.party})]
        known = {(link.role, link.holding) for link in found}
        found += [link for link in self._by_attributes(party) if (link.role, link.holding) not in known]
        return [*found, *self._by_accounts(party)]

    def loose(self) -> Iterator[tuple[str, Decimal | None]]:
        """Yield the holdings with coins of which no source names the custodian, and what those coins are worth."""
        for name, line in self._seen.items():
            share = line.custodians.get(UNKNOWN_CUSTODIAN)
            if share:
                yield name, _times(self.coins(line), share)

    def _by_attributes(self, party: Party) -> Iterator[EntityLink]:
        names = _names(party)
        for line in self._lines.values():
            instrument = line.instrument
            for attribute, role in (("issuer", PartyKind.ISSUER), ("sponsor_group", PartyKind.SPONSOR)):
                found = instrument.attribute(attribute, self._on)
                if found is not None and found.value.casefold() in names:
                    yield self._link(role.value, line, ONE, party, found.source, found.origin)
            seen = self._seen.get(instrument.id)
            for custodian, share in (seen.custodians if seen else {}).items():
                if seen is not None and custodian.casefold() in names and custodian:
                    said = instrument.attribute("coin_custodian", self._on)
                    yield self._link(PartyKind.COIN_CUSTODIAN.value, line, share, party, said.source if said else "",
                                     said.origin if said else None, coins=True)

    def _by_accounts(self, party: Party) -> Iterator[EntityLink]:
        """What lies in accounts of ours at the institution: securities by their share of the position, money whole."""
        names = _names(party)
        own = {row.account: row for row in self._known.accounts
               if row.institution.casefold() in names and in_force(row, self._on)}
        accounts = {*own, *(role.subject for role in self._registers.roles_of(party.party, self._on)
                            if role.role in _ACCOUNTS)}
        for line in self._lines.values():
            there = sum((lot.lot.quantity for lot in line.lots if lot.lot.account in accounts), ZERO)
            if there:
                places = tuple(sorted({lot.lot.account for lot in line.lots if lot.lot.account in accounts}))
                link = self._link(PartyKind.SECURITIES_CUSTODIAN.value, line, quotient(there, line.quantity), party, "",
                                  None)
                yield replace(link, chain=(line.symbol, ", ".join(places), party.name))
        for cash in self._cash:
            account = cash.cash.account
            row = own.get(account)
            # Money of a central bank's own digital currency is a claim on its issuer, not on who shows the balance.
            if (account in accounts and in_book(self._known, account, self._book)
                    and (row is None or row.form is not Form.CENTRAL_BANK_DIGITAL_CURRENCY) and cash.cash.amount > 0):
                yield EntityLink(MONEY, f"{account}/{cash.cash.currency}",
                                 (cash.cash.currency, account, party.name), cash.value_usd, True, False, "",
                                 row.origin if row else None)

    def _by_role(self, party: Party, role: PartyRole, passed: frozenset[str]) -> Iterator[EntityLink]:
        other = self._registers.party(role.subject, self._on)
        if other is not None:
            if other.party not in passed:
                for link in self.links(other, passed):
                    yield replace(link, role=role.role, chain=(*link.chain, party.name), source=role.source,
                                  origin=role.origin, amount_usd=_times(link.amount_usd, _share(role)),
                                  share=_times(link.share, _share(role)),
                                  exposed=link.exposed and _exposes(role.role))
            return
        for line in self._lines.values():
            if role.subject in {line.instrument.id, line.symbol, self._isin(line.instrument)}:
                yield self._link(role.role, line, self._part(party, role, line), party, role.source, role.origin,
                                 exposed=_exposes(role.role), coins=role.role in COIN_KEEPERS)

    def _part(self, party: Party, role: PartyRole, line: Line) -> Decimal:
        """Return the share of the holding's value or coins that a role makes depend on the party."""
        if role.role in _WHOLE:
            return _share(role)
        if role.role not in COIN_KEEPERS:
            return ZERO
        seen = self._seen.get(line.instrument.id)
        if role.share is None and seen is not None:
            # The custodian's own share where a source gives one; otherwise all coins may lie there.
            names = _names(party)
            shares = [share for name, share in seen.custodians.items() if name.casefold() in names]
            return shares[0] if shares else ONE
        return _share(role)

    def coins_behind(self, instrument: str) -> Decimal | None:
        """Return what the coins behind a holding are worth; None when Unknown."""
        seen = self._seen.get(instrument)
        return self.coins(seen) if seen is not None else None

    def coins(self, line: ExposureLine) -> Decimal | None:
        """Return the worth of the coins behind a line at reference prices; None when any of it is Unknown."""
        if line.equivalent:
            return ZERO
        total = ZERO
        for coin, held in line.coins.items():
            price = self._prices.get(coin)
            if price is None or held.central is None:
                return None
            total += product(held.central, price[0])
        return total if line.coins or line.exposure_usd.central == ZERO else None

    def _isin(self, instrument: Instrument) -> str:
        return instrument.text("isin", self._on) or instrument.id

    def _link(self, role: str, line: Line, share: Decimal, party: Party, source: str, origin: Origin | None, *,
              exposed: bool = True, coins: bool = False) -> EntityLink:
        whole = self.coins_behind(line.instrument.id) if coins else line.market_value_usd
        amount = _times(whole, share) if exposed else ZERO
        return EntityLink(role, line.instrument.id, (line.symbol, party.name), amount, exposed, False, source, origin,
                          coins, share)


def _exposes(role: str) -> bool:
    return role in _WHOLE or role in COIN_KEEPERS


def _names(party: Party) -> frozenset[str]:
    """Return every wording under which files may know the party; the custodian's group is one of them."""
    plain = {party.party, party.name}
    return frozenset(name.casefold() for name in {*plain, *(custodian_of(name) for name in plain)} if name)


def _share(role: PartyRole) -> Decimal:
    return ONE if role.share is None else role.share


def _times(amount: Decimal | None, share: Decimal) -> Decimal | None:
    return None if amount is None else product(amount, share)


def _sum(amounts: list[Decimal | None]) -> Decimal | None:
    total = ZERO
    for amount in amounts:
        if amount is None:
            return None
        total += amount
    return total


def _counted(links: list[EntityLink]) -> tuple[EntityLink, ...]:
    """Mark the largest exposed role of each holding; an Unknown one counts before all: nobody knows that it is less."""
    by_holding: dict[str, list[EntityLink]] = defaultdict(list)
    for link in links:
        by_holding[link.holding].append(link)
    found = []
    for holding in sorted(by_holding):
        own = sorted(by_holding[holding], key=lambda link: (
            not link.exposed, link.amount_usd is not None, -(link.amount_usd or ZERO), link.role, link.chain))
        found += [replace(link, counted=place == 0 and link.exposed) for place, link in enumerate(own)]
    return tuple(sorted(found, key=lambda link: (link.amount_usd is not None, -(link.amount_usd or ZERO))))


def _doubts(party: Party, links: tuple[EntityLink, ...], loose: list[Decimal | None],
            total: Decimal | None) -> Iterator[Finding]:
    if total is None:
        names = ", ".join(sorted({link.chain[0] for link in links if link.counted and link.amount_usd is None}))
        yield Finding(Severity.ERROR, "entity-unknown", N_(
            "The exposure to {party} is Unknown: nothing can be said about {symbols}.", party=party.name,
            symbols=names), party.party)
    if loose:
        yield Finding(Severity.WARNING, "custodian-unknown", N_(
            "{count} holdings have coins whose custodian no source names; they may lie with {party} too.",
            count=len(loose), party=party.name), party.party)
