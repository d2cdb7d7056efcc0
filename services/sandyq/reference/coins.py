"""Coins, wallets' names and supply limits: what may never be a holding, and what a fund can own at most."""

from __future__ import annotations

from decimal import Decimal
from types import MappingProxyType
from typing import Final

COINS: Final = frozenset({"BTC", "ETH", "SOL", "BNB", "XRP", "ADA", "DOGE", "AVAX", "LINK", "ZEC", "LTC", "HBAR",
                          "HYPE", "TAO", "TRX", "SUI", "DOT", "BCH", "TON", "XLM"})
STABLECOINS: Final = frozenset({"USDT", "USDC", "DAI", "BUSD", "TUSD", "PYUSD", "FDUSD", "USDE", "EURC"})
TOKEN_KINDS: Final = frozenset({"coin", "token", "stablecoin", "crypto", "cryptocurrency", "wallet", "nft", "spot"})
ISSUER_AFFILIATED: Final = frozenset({"BNB"})
"""Tokens of an exchange's own issue: L19 allows none."""

MAXIMUM_SUPPLY: Final = MappingProxyType({"BTC": Decimal(21_000_000), "LTC": Decimal(84_000_000),
                                          "ZEC": Decimal(21_000_000), "BCH": Decimal(21_000_000),
                                          "TAO": Decimal(21_000_000)})
"""Coins that can ever exist, from each protocol's rules; a fund that claims more is refused."""
