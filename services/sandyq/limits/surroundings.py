"""What stands around a book's positions and enters its limits: gate, funds' papers, accounts, entities, ratings.

Nothing in it depends on how much is held, so it stays as it is when an order changes the rows of a snapshot.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final, Protocol

from sandyq.basics.text import N_, Text
from sandyq.exposure.result import Beta
from sandyq.reference.kinds import Kind


@dataclass(frozen=True, slots=True)
class GateSign:
    """The entry gate's state on a day: ``open``, ``armed``, ``closed``; `missing` why it cannot be known."""

    state: str
    day: date
    missing: Text | str = ""


    @property
    def shut(self) -> Text:
        """Why nothing is bought, in words."""
        if self.state == "armed":
            return N_("The entry gate is armed and not open yet; nothing is bought.")
        return N_("The entry gate is closed; nothing is bought.")


@dataclass(frozen=True, slots=True)
class Override:
    """A committee's permission to buy through a shut gate between two days, both included (F079).

    `tranche` empty: any purchase; `amount` in USD, None: any.
    """

    reference: str
    committee_reference: str
    tranche: str
    amount: Decimal | None
    valid_from: date
    valid_to: date

    def in_force(self, on: date) -> bool:
        return self.valid_from <= on <= self.valid_to


@dataclass(frozen=True, slots=True)
class Constituent:
    """One paper of a fund with its share of the fund; `kind` None: the book does not know the paper."""

    issuer: str
    symbol: str
    kind: Kind | None
    country: str
    share: Decimal


@dataclass(frozen=True, slots=True)
class Place:
    """Where a share of a position lies: our account, who deals for it and who keeps it (empty: not in a register)."""

    account: str
    broker: str
    custodian: str
    share: Decimal


@dataclass(frozen=True, slots=True)
class Tie:
    """How one holding depends on an entity: `share` of its value, or (`coins`) of the coins behind it; None Unknown."""

    role: str
    coins: bool
    share: Decimal | None
    chain: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entity:
    """One name with its ties by symbol, and the money of ours that lies with it in USD (None: Unknown).

    `loose` are symbols with coins of which nobody names the custodian: they may lie with an entity that keeps coins.
    """

    name: str
    ties: Mapping[str, tuple[Tie, ...]]
    money: Decimal | None = Decimal(0)
    loose: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Unsettled:
    """A trade of ours that has not settled: gross amount in USD (None: no rate), for an account."""

    account: str
    amount: Decimal | None


@dataclass(frozen=True, slots=True)
class Company:
    """What a company that owns coins says, in USD; None is Unknown.

    `coins` are all its coins at reference prices, `pledged` those of them that are pledged or lent; `claims` come
    before the shares: debt + preferred − cash. `shares` outstanding, basic, in units of the day.
    """

    coins: Decimal | None
    pledged: Decimal | None
    claims: Decimal | None
    shares: Decimal | None


class Surroundings(Protocol):
    """The answers that measures may ask for; each is worked out when it is first asked."""

    @property
    def gate(self) -> GateSign | None:
        """None: the mandate has no gate."""

    @property
    def overrides(self) -> tuple[Override, ...]: ...

    @property
    def constituents(self) -> Mapping[str, tuple[Constituent, ...]]:
        """Symbol of a fund on shares → its papers; a fund of which nothing was published is missing."""

    @property
    def companies(self) -> Mapping[str, Company]:
        """Symbol → what a company that reported coins says."""

    @property
    def places(self) -> Mapping[str, tuple[Place, ...]]:
        """Symbol → where the position lies; the shares add up to one."""

    @property
    def accounts(self) -> Mapping[str, Place]:
        """Account of the book → who deals for it and who keeps it."""

    @property
    def entities(self) -> tuple[Entity, ...]: ...

    @property
    def coin_values(self) -> Mapping[str, tuple[Decimal | None, Decimal]]:
        """Symbol → (USD of the coins behind, so many shares); equivalents are no coins, None is Unknown."""

    @property
    def unsettled(self) -> tuple[Unsettled, ...]: ...

    @property
    def ratings(self) -> Mapping[str, tuple[str, ...]]:
        """Party (id and name) → its ratings in force, one per agency."""

    @property
    def sanctioned(self) -> frozenset[str]:
        """Ids and names of parties under sanctions, in small letters."""

    def fund_beta(self, instrument: str) -> Beta | None:
        """Return how a fund that should move with its coin measurably moves; None: another kind, or Unknown."""


@dataclass(frozen=True)
class Known:
    """Surroundings that are all at hand."""

    gate: GateSign | None = None
    overrides: tuple[Override, ...] = ()
    constituents: Mapping[str, tuple[Constituent, ...]] = field(default_factory=dict)
    companies: Mapping[str, Company] = field(default_factory=dict)
    places: Mapping[str, tuple[Place, ...]] = field(default_factory=dict)
    accounts: Mapping[str, Place] = field(default_factory=dict)
    entities: tuple[Entity, ...] = ()
    coin_values: Mapping[str, tuple[Decimal | None, Decimal]] = field(default_factory=dict)
    unsettled: tuple[Unsettled, ...] = ()
    ratings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sanctioned: frozenset[str] = frozenset()
    fund_betas: Mapping[str, Beta] = field(default_factory=dict)

    def fund_beta(self, instrument: str) -> Beta | None:
        return self.fund_betas.get(instrument)


NOTHING: Final = Known()
"""Surroundings of which nothing is known."""
