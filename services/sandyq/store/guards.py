"""Triggers of schema versions 2 and 3: what the book itself refuses, whoever writes to it and with which tool.

A trigger sees no keys, so it checks names, keys as text and hashes; signatures are checked when a book is read and
verified. A trigger stops slips, not an intruder who drops it: that, verification notices.
"""

# ruff: noqa: S608  # tables and columns come from this module, never from a person or a file
from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Final

from sandyq.basics.text import N_
from sandyq.control.deciding import (
    ALWAYS,
    FIRST_PERSONS,
    ONCE_ENROLLED,
    SECOND_ALWAYS,
    SECOND_ONCE_ENROLLED,
)
from sandyq.reference.facts import TABLES
from sandyq.store.engine import Connection

_TWO_PERSONS: Final = N_("Two persons decide this: one proposes it, another one approves.").template
_NOT_ENROLLED: Final = N_("Nobody of this name is enrolled.").template
_REFERENCE_USED: Final = N_("A proposal stays as it was signed; another one has a reference of its own.").template
_OTHER_CONTENT: Final = N_("The decision is about another content than the proposal's.").template
_DECIDED: Final = N_("The proposal has been decided already.").template
_OWN: Final = N_("You prepared this yourself; another person decides.").template
_NOT_OWN: Final = N_("Only the author withdraws a proposal.").template
_ROLE: Final = N_("Your role does not decide on proposals; another person does.").template
_NO_DECISION: Final = N_("A decision approves, refuses or withdraws.").template
_KEY_USED: Final = N_("Somebody else is enrolled with this key already.").template
_CLOSED: Final = N_("The period is closed; it is reopened by a decision of two persons.").template
_NUMBERS: Final = N_("A reversal names an entry and a row by their numbers.").template
_KEPT: Final = N_("People, decisions and closed periods are not reversed; a later decision changes them.").template

_NO_ORDER: Final = N_("There is no approved order of this reference.").template
_OWN_EMERGENCY: Final = N_("Who gave the emergency order does not review it.").template
_NO_TOKENS: Final = N_("The sleeve takes no tokens: the election is for cash.").template
_ONCE: Final = N_("This is recorded already; evidence is never recorded in the place of other evidence.").template
_SELLS_ONLY: Final = N_("An emergency order only sells; a purchase takes two persons.").template
_NO_REFERENCE: Final = N_("An override names the committee's decision.").template
_NO_EVIDENCE: Final = N_("A breach is closed with evidence: a run that passes, or a signed exception.").template

CODES: Final[dict[str, str]] = {
    _TWO_PERSONS: "two-persons", _NOT_ENROLLED: "not-enrolled", _REFERENCE_USED: "reference-used",
    _OTHER_CONTENT: "other-content", _DECIDED: "may-not-decide", _OWN: "may-not-decide", _NOT_OWN: "not-the-author",
    _ROLE: "no-right", _NO_DECISION: "no-decision", _KEY_USED: "key-used", _CLOSED: "period-closed", _KEPT: "kept",
    _NUMBERS: "reversal-form", _NO_ORDER: "no-order", _OWN_EMERGENCY: "may-not-decide", _NO_TOKENS: "token",
    _ONCE: "recorded-already", _SELLS_ONLY: "not-reducing", _NO_REFERENCE: "no-committee", _NO_EVIDENCE: "no-evidence",
}
"""What the triggers say, and the code of the refusal."""
NEEDS_SECOND: Final = _TWO_PERSONS

_SECOND_KEPT: Final = ("person", "proposal", "approval", "period_close")
_EVIDENCE: Final = ("order_check", "limit_run", "gate_day", "breach", "breach_step", "emergency_order",
                    "emergency_review")
ONCE: Final = ("waiver", "order_check", "trade_order", "emergency_order", "emergency_review", "fill", "limit_run",
               "breach", "breach_step", "gate_day", "gate_override", "tranche_release")
"""What is recorded once under its key: a second row would hide the first from every question of today."""
KEPT_TABLES: Final = (*_SECOND_KEPT, *_EVIDENCE)
"""What no reversal reaches: decisions, and evidence of what was seen on a day."""
KEPT_WHOLE: Final = ("person", "period_close", *_EVIDENCE)
"""An entry that holds one of these is not reversed as a whole either."""
DATED: Final = (("booking", "trade_date"), ("transfer", "trade_date"), ("corporate_action", "ex_date"))
_THROUGH: Final = '(SELECT "through" FROM "period_close" ORDER BY "id" DESC LIMIT 1)'
_SOMEBODY: Final = 'EXISTS (SELECT 1 FROM "person")'
_UNAPPROVED: Final = ('NOT EXISTS (SELECT 1 FROM "approval" WHERE "entry" = NEW."entry" AND '
                      "\"decision\" = 'approved')")
_LATEST: Final = '(SELECT "{column}" FROM "person" WHERE "name" = NEW."{name}" ORDER BY "id" DESC LIMIT 1)'
_PROPOSAL: Final = '(SELECT "{column}" FROM "proposal" WHERE "reference" = NEW."proposal")'
# What a new reversal reaches: its target, and the targets of reversals that it undoes, as (entry, table, row).
_TARGET: Final = ("""CAST({0}."target_entry" AS INTEGER), coalesce({0}."target_table", ''), """
                  """coalesce({0}."target_id", '')""")
_REACH: Final = f"""WITH RECURSIVE "reach" ("e", "t", "n") AS (
  SELECT {_TARGET.format("NEW")}
  UNION SELECT {_TARGET.format("r")} FROM "reach" JOIN "reversal" r
   ON "t" = 'reversal' AND "n" <> '' AND r."id" = CAST("n" AS INTEGER)
  UNION SELECT {_TARGET.format("r")} FROM "reach" JOIN "content" c
   ON "t" IN ('', 'reversal') AND "n" = '' AND c."entry" = "e" AND c."fact_table" = 'reversal'
   JOIN "reversal" r ON r."id" BETWEEN c."first_id" AND c."first_id" + c."row_count" - 1)"""


def allow_undecided(copy: Connection) -> None:
    """Take away, from a scratch copy that is thrown away, the triggers that ask for a second person."""
    for name in (f"{table}_second" for table in ("person", *ALWAYS, *ONCE_ENROLLED, "reversal")):
        copy.execute(f'DROP TRIGGER IF EXISTS "{name}"')


def guards() -> Iterator[str]:
    """Yield the triggers of version 2, and the index that makes the search for an entry's approval cheap."""
    yield 'CREATE INDEX "approval_entry" ON "approval" ("entry")'
    yield from _persons()
    yield from _decisions()
    yield from _controlled(SECOND_ALWAYS, SECOND_ONCE_ENROLLED)
    yield from _periods()
    yield from _reversals(_SECOND_KEPT, ("person", "period_close"), SECOND_ALWAYS | SECOND_ONCE_ENROLLED)


def third_guards() -> Iterator[str]:
    """Yield the triggers of version 3: what two persons decide of the new tables, and what a reversal may not reach."""
    yield from _controlled(ALWAYS - SECOND_ALWAYS, ONCE_ENROLLED - SECOND_ONCE_ENROLLED)
    yield 'DROP TRIGGER "reversal_rules"'
    yield 'DROP TRIGGER "reversal_second"'
    yield from _reversals(KEPT_TABLES, KEPT_WHOLE, ALWAYS | ONCE_ENROLLED)
    of_order = 'WHERE "reference" = NEW."order_reference" AND "line_number" = NEW."line_number"'
    approved, emergency = (f'EXISTS (SELECT 1 FROM "{table}" {of_order})' for table in ("trade_order",
                                                                                       "emergency_order"))
    yield _rules("fill", (f"NOT {approved} AND NOT {emergency}", _NO_ORDER))
    reviewed = 'FROM "emergency_order" WHERE "reference" = NEW."order_reference"'
    yield _rules("emergency_review", (f"NOT EXISTS (SELECT 1 {reviewed})", _NO_ORDER),
                 (f'EXISTS (SELECT 1 {reviewed} AND "person" = NEW."person")', _OWN_EMERGENCY))
    yield _rules("election", ("NEW.\"choice\" IN ('tokens', 'in_kind')", _NO_TOKENS))
    yield _rules("emergency_order", ("NEW.\"side\" <> 'sell'", _SELLS_ONLY))
    yield _rules("gate_override", ("trim(NEW.\"committee_reference\") = ''", _NO_REFERENCE))
    yield _rules("breach_step", ("NEW.\"step\" = 'closed' AND coalesce(trim(NEW.\"evidence\"), '') = ''",
                                 _NO_EVIDENCE))
    for table in ONCE:
        yield _once(table)


def _rules(table: str, *rules: tuple[str, str]) -> str:
    """Return the trigger that refuses a row by the first rule (condition, sentence) that it breaks."""
    cases = "\n ".join(f"WHEN {when} THEN RAISE(ABORT, '{_quoted(sentence)}')" for when, sentence in rules)
    return f'CREATE TRIGGER "{table}_rules" BEFORE INSERT ON "{table}" BEGIN SELECT CASE\n {cases} END; END'


def _second(table: str, when: str = "TRUE") -> str:
    """Return the trigger that refuses a row without a decision of two; it comes after the rules of the table."""
    return (f'CREATE TRIGGER "{table}_second" AFTER INSERT ON "{table}" WHEN {when} AND {_UNAPPROVED} '
            f"BEGIN SELECT RAISE(ABORT, '{_quoted(_TWO_PERSONS)}'); END")


def _once(table: str) -> str:
    """Return the trigger that refuses a second row of the same key."""
    same = " AND ".join(f'"{column}" = NEW."{column}"' for column in TABLES[table].key)
    return (f'CREATE TRIGGER "{table}_once" BEFORE INSERT ON "{table}" WHEN EXISTS (SELECT 1 FROM "{table}" '
            f"WHERE {same}) BEGIN SELECT RAISE(ABORT, '{_quoted(_ONCE)}'); END")


def _quoted(sentence: str) -> str:
    return sentence.replace("'", "''")


def _persons() -> Iterator[str]:
    alias = 'EXISTS (SELECT 1 FROM "person" WHERE "public_key" = NEW."public_key" AND "name" <> NEW."name")'
    yield _rules("person", (alias, _KEY_USED))
    yield _second("person", f'((SELECT count(DISTINCT "name") FROM "person") > {FIRST_PERSONS} OR EXISTS (SELECT 1 '
                            'FROM "person" WHERE "name" = NEW."name" AND "id" <> NEW."id"))')


def _decisions() -> Iterator[str]:
    yield _rules("proposal", (f'{_LATEST.format(column="role", name="author")} IS NULL', _NOT_ENROLLED),
                 ('EXISTS (SELECT 1 FROM "proposal" WHERE "reference" = NEW."reference")', _REFERENCE_USED))
    role, key, left = (_LATEST.format(column=column, name="person") for column in ("role", "public_key", "left"))
    author = _PROPOSAL.format(column="author")
    author_key = f'(SELECT "public_key" FROM "person" WHERE "name" = {author} ORDER BY "id" DESC LIMIT 1)'
    decides = "NEW.\"decision\" <> 'withdrawn'"
    yield _rules("approval",
                 ("NEW.\"decision\" NOT IN ('approved', 'refused', 'withdrawn')", _NO_DECISION),
                 (f'{_PROPOSAL.format(column="content_hash")} IS NOT NEW."content_hash"', _OTHER_CONTENT),
                 ('EXISTS (SELECT 1 FROM "approval" WHERE "proposal" = NEW."proposal")', _DECIDED),
                 (f"{role} IS NULL OR coalesce({left}, '') <> ''", _NOT_ENROLLED),
                 (f'{decides} AND (NEW."person" = {author} OR {key} = {author_key})', _OWN),
                 (f'NOT {decides} AND NEW."person" IS NOT {author}', _NOT_OWN),
                 (f"{decides} AND {role} IN ('auditor', 'administrator')", _ROLE))


def _controlled(always: Collection[str], once_enrolled: Collection[str]) -> Iterator[str]:
    for table in sorted(always):
        yield _second(table)
    for table in sorted(once_enrolled):
        yield _second(table, _SOMEBODY)


def _periods() -> Iterator[str]:
    for table, column in DATED:
        yield (f'CREATE TRIGGER "{table}_closed" BEFORE INSERT ON "{table}" WHEN NEW."{column}" <= {_THROUGH} '
               f"BEGIN SELECT RAISE(ABORT, '{_quoted(_CLOSED)}'); END")


def _reversals(kept_tables: Collection[str], kept_whole: Sequence[str],
               controlled_tables: Collection[str]) -> Iterator[str]:
    kept, controlled = (", ".join(f"'{name}'" for name in sorted(names)) for names in (kept_tables, controlled_tables))
    entries = ", ".join(f"'{name}'" for name in kept_whole)
    # An entry that holds a decision holds what was decided too: reversed as a whole, the decision stays known.
    whole = """"t" = '' AND EXISTS (SELECT 1 FROM "content" WHERE "entry" = "e" AND "fact_table" IN ({names}))"""
    reached = " OR ".join(f"""("t" = '{table}' AND "n" <> '' AND EXISTS (SELECT 1 FROM "{table}"
    WHERE "id" = CAST("n" AS INTEGER) AND "{column}" <= {_THROUGH}))
  OR ("t" IN ('', '{table}') AND "n" = '' AND EXISTS (SELECT 1 FROM "content" c JOIN "{table}" f
    ON f."id" BETWEEN c."first_id" AND c."first_id" + c."row_count" - 1
    WHERE c."entry" = "e" AND c."fact_table" = '{table}' AND f."{column}" <= {_THROUGH}))"""
                          for table, column in DATED)
    yield _rules("reversal",
                 ("NEW.\"target_entry\" GLOB '*[^0-9]*' OR NEW.\"target_id\" GLOB '*[^0-9]*'", _NUMBERS),
                 (f"""EXISTS ({_REACH} SELECT 1 FROM "reach" WHERE "t" IN ({kept}) OR
  {whole.format(names=entries)})""", _KEPT),
                 (f"""EXISTS (SELECT 1 FROM "period_close") AND EXISTS ({_REACH}
  SELECT 1 FROM "reach" WHERE {reached})""", _CLOSED))
    yield _second("reversal", f"""{_SOMEBODY} AND EXISTS ({_REACH}
 SELECT 1 FROM "reach" WHERE "t" IN ({controlled}) OR {whole.format(names=controlled)}
  OR EXISTS (SELECT 1 FROM "approval" WHERE "entry" = "e" AND "decision" = 'approved'))""")
