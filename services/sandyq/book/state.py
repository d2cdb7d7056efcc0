"""What the book holds on a day: lots, positions, cash and the results that have become real.

Money is in the transaction's own currency where a field says so, otherwise in USD at the rate of the trade date.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from sandyq.basics.decimals import ZERO
from sandyq.basics.findings import Finding
from sandyq.basics.origin import Origin


class CostMethod(StrEnum):
    FIFO = "fifo"
    AVERAGE = "average"
    SPECIFIC = "specific"


class Basis(StrEnum):
    """Trade date: positions count from the trade. Settlement: from the day that shares and money move."""

    TRADE = "trade"
    SETTLEMENT = "settlement"


@dataclass(frozen=True, slots=True)
class BookSettings:
    """Conventions of one book, fixed when it is made (a change is a restatement)."""

    cost_method: CostMethod = CostMethod.FIFO
    fees_in_cost: bool = False
    lot_scope: str = "account"
    """``account``: lots are kept per account; ``book``: over all accounts."""


@dataclass(frozen=True, slots=True)
class Lot:
    """An open purchase; `quantity` in units of the as-of day (splits applied), `cost` a total in `currency`.

    `cost_usd` is fixed at the trade date's rate (None when no rate was known). `reference` is the purchase's.
    """

    instrument: str
    account: str
    reference: str
    trade_date: date
    quantity: Decimal
    cost: Decimal
    currency: str
    cost_usd: Decimal | None
    origin: Origin

    @property
    def acquired(self) -> date:
        """The day of the original purchase: events and transfers do not change it."""
        return self.trade_date


@dataclass(frozen=True, slots=True)
class Realised:
    """A part of one lot that was sold: proceeds minus cost, dealing fees apart (unless the book capitalises them)."""

    instrument: str
    account: str
    sale_reference: str
    lot_reference: str
    acquired: date
    sold: date
    quantity: Decimal
    proceeds: Decimal
    cost: Decimal
    currency: str
    proceeds_usd: Decimal | None
    cost_usd: Decimal | None
    origin: Origin
    usd_rate: Decimal | None = None
    """USD per unit of `currency` on the day of the sale."""


@dataclass(frozen=True, slots=True)
class AppliedSplit:
    """One split that acted on the book's lots: `new` shares for `old`; the total `cost` is the same before and after.

    Quantities are those of all accounts at the start of `ex_date`, `cost` is in the instrument's currency.
    """

    instrument: str
    ex_date: date
    new: Decimal
    old: Decimal
    quantity_before: Decimal
    quantity_after: Decimal
    cost: Decimal
    origin: Origin


@dataclass(frozen=True, slots=True)
class Position:
    """One instrument over all accounts. Invariant: the lots' quantities and costs sum to the position's, exactly."""

    instrument: str
    quantity: Decimal
    cost_usd: Decimal | None
    lots: tuple[Lot, ...]
    unsettled: Decimal = ZERO
    """Quantity traded but not settled on the as-of day (positive bought, negative sold)."""


@dataclass(frozen=True, slots=True)
class Cash:
    """Money in one account and currency on the chosen basis; `unsettled` is still to come (+) or go (-).

    On trade date `amount` includes what is unsettled, on settlement date it does not.
    """

    account: str
    currency: str
    amount: Decimal
    unsettled: Decimal = ZERO
    overdraft_reason: str = ""


@dataclass(frozen=True, slots=True)
class Funding:
    """One tranche of money from the parent reserves (negative: given back)."""

    day: date
    account: str
    currency: str
    amount: Decimal
    reference: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums per instrument (empty id: the book itself), USD at the rate of each day; None where a rate is missing."""

    realised_usd: Decimal | None = ZERO
    income_usd: Decimal | None = ZERO
    """Dividends and interest, gross of withholding."""
    withholding_usd: Decimal | None = ZERO
    fees_usd: Decimal | None = ZERO
    """Dealing fees and separate fee rows."""
    taxes_usd: Decimal | None = ZERO
    """Transaction taxes on purchases and sales."""


@dataclass(frozen=True, slots=True)
class Flow:
    """One purchase (+) or sale (-) in USD with its costs: what the cash convention of net invested sums."""

    day: date
    instrument: str
    amount_usd: Decimal | None
    reference: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Receivable:
    """Money that the issuer of a liquidated instrument still owes one account; `due` None: no day is published."""

    account: str
    instrument: str
    currency: str
    amount: Decimal
    due: date | None
    event: str


@dataclass(frozen=True, slots=True)
class Conservation:
    """What an event did to cost, over the accounts that are reported: before = parent + child + sold, exactly.

    `currency` is that of the lots; `sold` is the cost that left against money. USD figures are None without a rate.
    """

    event: str
    ex_date: date
    instrument: str
    other: str
    """The child or the acquirer; empty where there is none."""
    currency: str
    before: Decimal
    parent: Decimal
    child: Decimal
    sold: Decimal
    before_usd: Decimal | None
    parent_usd: Decimal | None
    child_usd: Decimal | None
    sold_usd: Decimal | None

    @property
    def holds(self) -> bool:
        return self.before == self.parent + self.child + self.sold


@dataclass(frozen=True, slots=True)
class Move:
    """A signed quantity that an event or a transfer brought to an account, in units of `day` (after its splits).

    Lots count from `day`; the custodian shows the units from `settle_date`. `crosses`: it came from or went to
    another book, so it is a flow for this one.
    """

    day: date
    settle_date: date
    instrument: str
    account: str
    quantity: Decimal
    reference: str
    origin: Origin
    crosses: bool = False


@dataclass(frozen=True, slots=True)
class EventCash:
    """What an event did to money, per account. All amounts in `currency`; `rate` is USD per unit of it on `day`.

    `cash` moves on `settle_date`. `sold` counts as proceeds in net invested, `income` is gross of `withholding`,
    `returned` is capital that came back. A move between books has its cost in `sold` and no cash.
    """

    day: date
    settle_date: date
    account: str
    instrument: str
    currency: str
    cash: Decimal
    sold: Decimal
    income: Decimal
    withholding: Decimal
    returned: Decimal
    rate: Decimal | None
    reference: str
    origin: Origin
    crosses: bool = False


@dataclass(frozen=True, slots=True)
class BookState:
    """Everything the transactions say as of a day."""

    as_of: date
    basis: Basis
    settings: BookSettings
    positions: Mapping[str, Position]
    cash: tuple[Cash, ...]
    fundings: tuple[Funding, ...]
    realised: tuple[Realised, ...]
    totals: Mapping[str, Totals]
    flows: tuple[Flow, ...]
    findings: tuple[Finding, ...] = field(default=())
    splits: Mapping[str, tuple[AppliedSplit, ...]] = field(default_factory=dict)
    """Splits up to the as-of day by instrument id, published or booked, in order of their ex-dates."""
    receivables: tuple[Receivable, ...] = ()
    conservation: tuple[Conservation, ...] = ()
    moves: tuple[Move, ...] = ()
    """What events and transfers did to quantities, by day: bookings alone do not make the positions any more."""
    event_cash: tuple[EventCash, ...] = ()

    @property
    def invested_raw(self) -> Decimal | None:
        """Purchases with costs minus sale proceeds after costs, not floored; None when a rate is missing."""
        total = ZERO
        for flow in self.flows:
            if flow.amount_usd is None:
                return None
            total += flow.amount_usd
        return total

    @property
    def net_invested(self) -> Decimal | None:
        """Net invested capital by the cash convention (domain.md B6, note 1; O16): never under zero."""
        raw = self.invested_raw
        return None if raw is None else max(raw, ZERO)
