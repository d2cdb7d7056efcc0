"""The kinds of file that can be imported. A new kind is one module here and one line in `FORMATS`."""

from __future__ import annotations

from typing import Final

from sandyq.packs.format import Format
from sandyq.packs.formats.accounts import FORMAT as ACCOUNTS
from sandyq.packs.formats.attributes import FORMAT as ATTRIBUTES
from sandyq.packs.formats.calendars import FORMAT as CALENDARS
from sandyq.packs.formats.coins import FORMAT as COINS
from sandyq.packs.formats.company_holdings import FORMAT as COMPANY_HOLDINGS
from sandyq.packs.formats.company_purchases import FORMAT as COMPANY_PURCHASES
from sandyq.packs.formats.corporate_actions import FORMAT as CORPORATE_ACTIONS
from sandyq.packs.formats.dividends import FORMAT as DIVIDENDS
from sandyq.packs.formats.fair_value_levels import FORMAT as FAIR_VALUE_LEVELS
from sandyq.packs.formats.fund_flows import FORMAT as FUND_FLOWS
from sandyq.packs.formats.fund_holdings import FORMAT as FUND_HOLDINGS
from sandyq.packs.formats.fund_weights import FORMAT as FUND_WEIGHTS
from sandyq.packs.formats.fx import FORMAT as FX
from sandyq.packs.formats.fx_monthly import FORMAT as FX_MONTHLY
from sandyq.packs.formats.ibkr_flex import FORMAT as IBKR_FLEX
from sandyq.packs.formats.instruments import FORMAT as INSTRUMENTS
from sandyq.packs.formats.licences import FORMAT as LICENCES
from sandyq.packs.formats.mandate import FORMAT as MANDATE
from sandyq.packs.formats.mapping import FORMAT as MAPPING
from sandyq.packs.formats.mt535 import FORMAT as MT535
from sandyq.packs.formats.parties import FORMAT as PARTIES
from sandyq.packs.formats.party_roles import FORMAT as PARTY_ROLES
from sandyq.packs.formats.price_sources import FORMAT as PRICE_SOURCES
from sandyq.packs.formats.prices import FORMAT as PRICES
from sandyq.packs.formats.programme import FORMAT as PROGRAMME
from sandyq.packs.formats.programme_holding import FORMAT as PROGRAMME_HOLDING
from sandyq.packs.formats.ratings import FORMAT as RATINGS
from sandyq.packs.formats.reserves import FORMAT as RESERVES
from sandyq.packs.formats.schwab import FORMAT as SCHWAB
from sandyq.packs.formats.semt002 import FORMAT as SEMT002
from sandyq.packs.formats.splits import FORMAT as SPLITS
from sandyq.packs.formats.statement import FORMAT as STATEMENT
from sandyq.packs.formats.transactions import FORMAT as TRANSACTIONS
from sandyq.packs.formats.transfers import FORMAT as TRANSFERS

FORMATS: Final[tuple[Format, ...]] = (
    INSTRUMENTS, PRICES, COINS, FX, FX_MONTHLY, SPLITS, DIVIDENDS, FUND_HOLDINGS, COMPANY_HOLDINGS,
    COMPANY_PURCHASES, FUND_FLOWS, CALENDARS, RESERVES, PROGRAMME, TRANSACTIONS, MANDATE, MAPPING,
    FUND_WEIGHTS, SCHWAB, IBKR_FLEX, STATEMENT, MT535, SEMT002, CORPORATE_ACTIONS, TRANSFERS, ACCOUNTS, PARTIES,
    PARTY_ROLES, LICENCES, PRICE_SOURCES, FAIR_VALUE_LEVELS, ATTRIBUTES, PROGRAMME_HOLDING, RATINGS,
)
