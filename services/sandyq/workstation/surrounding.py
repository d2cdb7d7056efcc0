"""What stands around a picture's positions, worked out when a limit first asks for it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Final, TypeVar

from sandyq.basics.decimals import ZERO, product, quotient
from sandyq.book.transactions import Transaction, TransactionType
from sandyq.exposure.betas import fund_beta
from sandyq.exposure.companies import CompanyFacts, company_rows, facts_on, total_value
from sandyq.exposure.result import Beta, Exposure
from sandyq.exposure.splits import splits_of
from sandyq.limits.surroundings import Company, Constituent, Entity, GateSign, Override, Place, Unsettled
from sandyq.reference.accounts import ALL_BOOKS, SLEEVE, Form
from sandyq.reference.instruments import Instrument
from sandyq.reference.kinds import COMPANIES, Kind
from sandyq.reference.parties import PartyKind, Standing, in_force
from sandyq.store.custody import FundWeight
from sandyq.valuation.holdings import Holdings, Line
from sandyq.workstation.entity_ties import coin_values, entities
from sandyq.workstation.issuers import issuer_of, shares

if TYPE_CHECKING:
    from sandyq.workstation.picture import Picture

Gate = Callable[[], GateSign | None]
_Seen = tuple[Holdings, Exposure]
T = TypeVar("T")
_DEALS: Final = frozenset({PartyKind.BROKER.value, PartyKind.PRIME_BROKER.value})
_KEEPS: Final = frozenset({PartyKind.SECURITIES_CUSTODIAN.value})


class _Lazily(Mapping[str, T]):
    """Symbol → what is worked out of its instrument when it is first asked for; nothing to say: no entry."""

    def __init__(self, items: Mapping[str, Instrument], work: Callable[[Instrument], T | None]) -> None:
        self._items, self._work = items, work
        self._found: dict[str, T | None] = {}

    def __getitem__(self, symbol: str) -> T:
        if symbol not in self._found:
            item = self._items.get(symbol)
            self._found[symbol] = self._work(item) if item is not None else None
        found = self._found[symbol]
        if found is None:
            raise KeyError(symbol)
        return found

    def __iter__(self) -> Iterator[str]:
        return (symbol for symbol in self._items if symbol in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


class Around:
    """The surroundings of one picture's book. `lines` are its open positions and what an order could name."""

    def __init__(self, picture: Picture, gate: Gate | None, prospects: Callable[[], _Seen] | None = None) -> None:
        self._picture = picture
        self._known = picture.knowledge
        self._on = picture.as_of
        self._gate = gate
        self._prospects = prospects
        self._fund_betas: dict[str, Beta | None] = {}

    @cached_property
    def looked_through(self) -> tuple[_Seen, ...]:
        """What is held; and one share of everything else, where orders may name it."""
        held = self._picture.holdings, self._picture.exposure
        return (held, self._prospects()) if self._prospects is not None else (held,)

    @cached_property
    def gate(self) -> GateSign | None:
        return self._gate() if self._gate is not None else None

    @property
    def overrides(self) -> tuple[Override, ...]:
        return self._known.beside.overrides.get(self._own_book, ())

    @property
    def _own_book(self) -> str:
        return SLEEVE if self._picture.book == ALL_BOOKS else self._picture.book

    def _named(self, kinds: Collection[Kind]) -> Mapping[str, Instrument]:
        return {item.symbol(self._on): item for item in self._known.directory
                if item.text("kind", self._on) in kinds}

    @cached_property
    def constituents(self) -> Mapping[str, tuple[Constituent, ...]]:
        return _Lazily(self._named({Kind.EQUITY_ETF}), self._papers)

    def _papers(self, fund: Instrument) -> tuple[Constituent, ...] | None:
        rows = self._known.beside.weights_on((fund.id, *self._known.directory.symbols_of(fund)), self._on)
        return tuple(self._constituents(shares(rows))) or None

    def _constituents(self, rows: Iterable[tuple[FundWeight, Decimal]]) -> Iterable[Constituent]:
        for row, share in rows:
            name, known = issuer_of(row, self._known, self._on)
            paper = self._known.directory.by_id(known) if known else None
            yield Constituent(name, paper.symbol(self._on) if paper else "", paper.kind(self._on) if paper else None,
                              paper.country(self._on) if paper else "", share)

    @cached_property
    def companies(self) -> Mapping[str, Company]:
        return _Lazily(self._named(COMPANIES), self._company)

    def facts(self, item: Instrument) -> CompanyFacts | None:
        """Return what a company has reported by the day, None when nothing."""
        known = self._known
        rows = company_rows(item, known.directory, known.market)
        return facts_on(rows, splits_of(item, known.directory, known.market), self._on) if rows else None

    def _company(self, item: Instrument) -> Company | None:
        prices = {coin: price for coin, (price, _, _) in self._picture.exposure.coin_prices.items()}
        facts = self.facts(item)
        if facts is None:
            return None
        claims = (facts.debt.value + facts.preferred.value - facts.cash.value
                  if facts.debt and facts.preferred and facts.cash else None)
        said = all(coin in facts.pledged for coin, stated in facts.coins.items() if stated.value)
        return Company(total_value(facts.coins, prices), total_value(facts.pledged, prices) if said else None, claims,
                       facts.basic.value if facts.basic else None)

    @cached_property
    def accounts(self) -> Mapping[str, Place]:
        """Accounts of the book: those of the register for securities, and those that hold positions."""
        named = [row.account for row in self._known.accounts
                 if row.form is Form.SECURITIES and in_force(row, self._on) and self._is_own(row.account)]
        named += [lot.lot.account for line in self._picture.holdings.open_lines for lot in line.lots]
        return {account: self._place(account) for account in dict.fromkeys(named)}

    def _is_own(self, account: str) -> bool:
        return self._picture.book in {ALL_BOOKS, self._known.books.get(account, SLEEVE)}

    def _place(self, account: str) -> Place:
        registers = self._known.permits.registers
        by_role = {role.role: role.party for role in registers.roles
                   if role.subject == account and in_force(role, self._on)}
        house = next((row.institution for row in self._known.accounts
                      if row.account == account and row.institution and in_force(row, self._on)), "")
        party = registers.party(house, self._on) if house else None
        broker = next((by_role[role] for role in sorted(_DEALS) if role in by_role), "")
        keeper = next((by_role[role] for role in sorted(_KEEPS) if role in by_role), house)
        if not broker and party is not None and party.kind in _DEALS:
            broker = party.party
        return Place(account, self._name(broker), self._name(keeper), Decimal(1))

    def _name(self, party: str) -> str:
        found = self._known.permits.registers.party(party, self._on) if party else None
        return found.name if found else party

    @cached_property
    def places(self) -> Mapping[str, tuple[Place, ...]]:
        return {line.symbol: self._places(line) for line in self._picture.holdings.open_lines}

    def _places(self, line: Line) -> tuple[Place, ...]:
        held: dict[str, Decimal] = {}
        for lot in line.lots:
            held[lot.lot.account] = held.get(lot.lot.account, ZERO) + lot.lot.quantity
        found = []
        for account, quantity in held.items():
            place = self.accounts[account]
            found.append(Place(account, place.broker, place.custodian, quotient(quantity, line.quantity)))
        return tuple(found)

    @cached_property
    def entities(self) -> tuple[Entity, ...]:
        return entities(self._known, self._picture.book, self._on, self.looked_through)

    @cached_property
    def coin_values(self) -> Mapping[str, tuple[Decimal | None, Decimal]]:
        return coin_values(self._known, self._picture.book, self.looked_through)

    @cached_property
    def unsettled(self) -> tuple[Unsettled, ...]:
        return tuple(Unsettled(row.account, self._gross(row)) for row in self.open_trades)

    @cached_property
    def open_trades(self) -> tuple[Transaction, ...]:
        """The book's purchases and sales that have not settled by the day."""
        return tuple(row for row in self._known.transactions
                     if row.trade_date <= self._on < row.settle_date and self._is_own(row.account)
                     and row.type in {TransactionType.BUY, TransactionType.SELL})

    def _gross(self, row: Transaction) -> Decimal | None:
        rate = self._known.usd_rate(row.currency, self._on)
        return None if rate is None else product(row.quantity, row.price, rate)

    @cached_property
    def ratings(self) -> Mapping[str, tuple[str, ...]]:
        """By the parties' names, which is how accounts and places call them."""
        return {self._name(party): own for party, own in self._known.beside.ratings_on(self._on).items()}

    @cached_property
    def sanctioned(self) -> frozenset[str]:
        registers = self._known.permits.registers
        names = {row.party for row in registers.parties if row.status == Standing.SANCTIONED}
        found = [row for name in names if (row := registers.party(name, self._on)) is not None]
        return frozenset(text.casefold() for row in found if row.status == Standing.SANCTIONED
                         for text in (row.party, row.name))

    def fund_beta(self, instrument: str) -> Beta | None:
        if instrument not in self._fund_betas:
            found = self._known.directory.by_id(instrument)
            self._fund_betas[instrument] = fund_beta(
                found, self._known.directory, self._known.market, self._on,
                reference_funds=self._picture.mandate.reference_funds) if found else None
        return self._fund_betas[instrument]
