"""The kinds of file that can be imported. A new kind is one module here and one line in `FORMATS`."""

from __future__ import annotations

from typing import Final

from sandyq.packs.format import Format
from sandyq.packs.formats.calendars import FORMAT as CALENDARS
from sandyq.packs.formats.coins import FORMAT as COINS
from sandyq.packs.formats.company_holdings import FORMAT as COMPANY_HOLDINGS
from sandyq.packs.formats.company_purchases import FORMAT as COMPANY_PURCHASES
from sandyq.packs.formats.dividends import FORMAT as DIVIDENDS
from sandyq.packs.formats.fund_flows import FORMAT as FUND_FLOWS
from sandyq.packs.formats.fund_holdings import FORMAT as FUND_HOLDINGS
from sandyq.packs.formats.fx import FORMAT as FX
from sandyq.packs.formats.fx_monthly import FORMAT as FX_MONTHLY
from sandyq.packs.formats.instruments import FORMAT as INSTRUMENTS
from sandyq.packs.formats.mandate import FORMAT as MANDATE
from sandyq.packs.formats.mapping import FORMAT as MAPPING
from sandyq.packs.formats.prices import FORMAT as PRICES
from sandyq.packs.formats.programme import FORMAT as PROGRAMME
from sandyq.packs.formats.reserves import FORMAT as RESERVES
from sandyq.packs.formats.splits import FORMAT as SPLITS
from sandyq.packs.formats.transactions import FORMAT as TRANSACTIONS

FORMATS: Final[tuple[Format, ...]] = (
    INSTRUMENTS, PRICES, COINS, FX, FX_MONTHLY, SPLITS, DIVIDENDS, FUND_HOLDINGS, COMPANY_HOLDINGS,
    COMPANY_PURCHASES, FUND_FLOWS, CALENDARS, RESERVES, PROGRAMME, TRANSACTIONS, MANDATE, MAPPING,
)
