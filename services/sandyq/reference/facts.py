"""The facts a book records: table, columns and the key under which a later fact supersedes an earlier one.

Readers of files produce rows in this order, the store makes its tables from it: neither knows the other. Values are
canonical decimal text, ISO dates or plain text; None is "the source does not say". Every row starts with the line of
the file that it came from (0 where there is no file).
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

FactRow = tuple[str | int | None, ...]
"""(line, value of columns[0], value of columns[1], ...)."""


@dataclass(frozen=True, slots=True)
class FactTable:
    """`columns` after the line; `key` a subset of them; `required` must not be None."""

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    required: tuple[str, ...]


def _table(name: str, columns: str, key: str, required: str) -> FactTable:
    return FactTable(name, tuple(columns.split()), tuple(key.split()), tuple(required.split()))


_ALL: Final = (
    _table("instrument_attribute", "instrument attribute value valid_from source quality",
           "instrument attribute valid_from", "instrument attribute value"),
    _table("price", "symbol date close currency basis adjusted_as_of price_type source open high low adj_close volume",
           "symbol date price_type", "symbol date close currency basis adjusted_as_of price_type"),
    _table("coin_price", "asset date close_usd cutoff source", "asset date", "asset date close_usd cutoff"),
    _table("fx_rate", "base quote date rate frequency source", "base quote date frequency",
           "base quote date rate frequency"),
    _table("split", "symbol ex_date new_shares old_shares quality evidence", "symbol ex_date",
           "symbol ex_date new_shares old_shares"),
    _table("dividend", "symbol ex_date amount_per_share currency kind source", "symbol ex_date kind",
           "symbol ex_date amount_per_share currency kind"),
    _table("calendar_day", "market date kind name", "market date kind", "market date kind"),
    _table("fund_holding", "symbol date asset coins shares_outstanding coins_per_share nav net_assets_usd market_price "
           "shares_basis quality source", "symbol date asset", "symbol date asset shares_basis"),
    _table("company_holding", "symbol date asset coins diluted_shares shares_outstanding shares_asof debt preferred "
           "cash pledged shares_basis coins_quality shares_quality document source", "symbol date asset",
           "symbol date asset coins shares_basis"),
    _table("company_purchase", "symbol filing_date asset coins cost_usd avg_price_usd cumulative_coins accession "
           "quality source", "symbol filing_date asset accession", "symbol filing_date asset coins"),
    _table("fund_flow", "symbol date flow_musd check_note source", "symbol date", "symbol date flow_musd"),
    _table("reserve", "series date amount currency published source", "series date", "series date amount currency"),
    _table("programme", "participant date amount currency source", "participant date",
           "participant date amount currency"),
    _table("booking", "reference trade_date settle_date type symbol instrument quantity price currency fees taxes "
           "account lot note", "reference", "reference trade_date settle_date type quantity price currency fees taxes "
           "account"),
    _table("mandate", "name version valid_from text", "name valid_from", "name version valid_from text"),
    _table("setting", "name value valid_from", "name valid_from", "name value"),
    _table("mapping", "name text", "name", "name text"),
    _table("reversal", "target_entry target_table target_id reason", "target_entry target_table target_id",
           "target_entry reason"),
    # From schema version 2 on: people, decisions of two, events, accounts, registers, statements.
    _table("person", "name role public_key valid_from left proof note", "name",
           "name role public_key valid_from proof"),
    _table("proposal", "reference kind subject author content content_hash expires signature", "reference",
           "reference kind subject author content content_hash signature"),
    _table("approval", "proposal person decision content_hash signature note", "proposal person",
           "proposal person decision content_hash signature"),
    _table("corporate_action", "event type symbol instrument ex_date pay_date terms source note", "event",
           "event type symbol instrument ex_date terms"),
    _table("transfer", "reference trade_date settle_date symbol instrument quantity currency from_account to_account "
           "lot note", "reference", "reference trade_date settle_date quantity from_account to_account"),
    _table("period_close", "scope through reason", "scope", "scope through reason"),
    _table("manual_price", "symbol date close currency reason expires author", "symbol date",
           "symbol date close currency reason expires author"),
    _table("price_source", "source rank tolerance_bp valid_from", "source valid_from", "source rank"),
    _table("fair_value_level", "symbol level reason valid_from", "symbol valid_from", "symbol level reason valid_from"),
    _table("valuation_close", "book date version content content_hash known_entry", "book date version",
           "book date version content content_hash known_entry"),
    _table("account", "account institution currency form book owner valid_from valid_to source",
           "account currency valid_from", "account form book"),
    _table("stablecoin_settlement", "reference provider licence token token_amount rate_to_par par_reference note",
           "reference", "reference provider licence token token_amount rate_to_par par_reference"),
    _table("party", "party name kind country status valid_from source", "party valid_from", "party name kind status"),
    _table("party_role", "party role subject share valid_from valid_to source", "party role subject valid_from",
           "party role subject"),
    _table("licence", "party number authority activity valid_from valid_to status source", "party number valid_from",
           "party number authority status"),
    _table("statement_line", "account date kind symbol isin instrument quantity price market_value currency reference",
           "account date kind symbol isin currency", "account date kind quantity"),
    _table("break_note", "account date subject owner note status", "account date subject",
           "account date subject status"),
    _table("fund_weight", "fund date constituent symbol isin shares market_value weight currency source",
           "fund date constituent", "fund date constituent"),
    _table("balance_signoff", "account date content content_hash person signature", "account date",
           "account date content content_hash person signature"),
    # From schema version 3 on: waivers, orders, breaches, the gate's evidence, eligibility, other state vehicles.
    _table("waiver", "reference book limit_id part subject ceiling valid_from valid_to clause reason", "reference",
           "reference book limit_id ceiling valid_from valid_to clause reason"),
    _table("order_check", "reference book as_of known_entry verdict content content_hash", "reference",
           "reference book as_of known_entry verdict content content_hash"),
    _table("trade_order", "reference line_number book side symbol instrument quantity limit_price currency fee account "
           "valid_until max_move order_check tranche reason", "reference line_number",
           "reference line_number book side symbol instrument quantity limit_price currency account valid_until "
           "order_check"),
    _table("order_event", "reference number event day order_check reason", "reference number",
           "reference number event day"),
    _table("emergency_order", "reference line_number book side symbol instrument quantity limit_price currency fee "
           "account valid_until order_check reason person signature", "reference line_number",
           "reference line_number book side symbol instrument quantity limit_price currency account valid_until "
           "order_check reason person signature"),
    _table("emergency_review", "order_reference person outcome note signature", "order_reference",
           "order_reference person outcome note signature"),
    _table("fill", "reference order_reference line_number booking trade_date quantity price fees", "reference",
           "reference order_reference line_number booking trade_date quantity price fees"),
    _table("limit_run", "book date version content content_hash known_entry", "book date version",
           "book date version content content_hash known_entry"),
    _table("breach", "reference book limit_id part subject first_day detected_on direction content", "reference",
           "reference book limit_id first_day detected_on"),
    _table("breach_step", "breach number step day class owner note evidence", "breach number",
           "breach number step day note"),
    _table("gate_day", "book date state dwell content content_hash known_entry", "book date",
           "book date state dwell content content_hash known_entry"),
    _table("gate_override", "reference book committee_reference tranche amount_usd valid_from valid_to reason",
           "reference", "reference book committee_reference valid_from valid_to reason"),
    _table("tranche_release", "reference book tranche amount_usd valid_from valid_to content content_hash reason",
           "reference", "reference book tranche amount_usd valid_from valid_to content content_hash reason"),
    _table("eligibility_status", "symbol instrument status reason source valid_from", "instrument valid_from",
           "symbol instrument status reason valid_from"),
    _table("election", "event symbol options choice day reason", "event", "event symbol choice day reason"),
    _table("reserve_asset", "symbol instrument content conclusion valid_from valid_to source", "instrument valid_from",
           "symbol instrument content conclusion valid_from"),
    _table("programme_holding", "participant vehicle date asset quantity amount currency owner source",
           "participant vehicle date asset", "participant vehicle date asset amount currency owner source"),
    _table("rating", "party rating agency valid_from source", "party agency valid_from",
           "party rating agency valid_from"),
)

FIRST_TABLES: Final = tuple(_ALL[:18])
"""The tables of schema version 1, which never change again; a later version adds tables of its own."""
SECOND_TABLES: Final = tuple(_ALL[18:37])
"""What schema version 2 added."""
THIRD_TABLES: Final = tuple(_ALL[37:])
"""What schema version 3 added."""

TABLES: Final = MappingProxyType({table.name: table for table in _ALL})
