"""Commands: who works with the book, and decisions of two persons."""

from __future__ import annotations

import os
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

import click

from sandyq.basics.errors import BadInput
from sandyq.basics.text import N_
from sandyq.cli import options, prints
from sandyq.cli.commands import opened
from sandyq.cli.options import answer, guarded, said
from sandyq.control.deciding import content_of
from sandyq.control.people import Role, Signer
from sandyq.control.proposals import Proposal
from sandyq.workstation.contract import Changes, Question
from sandyq.workstation.people import PeopleDesk, make_key, open_key

_REFERENCE: Final = click.argument("reference")


@click.group()
def person() -> None:
    """People of a book: enrol, list, record that somebody left."""


@person.command("add")
@options.book
@click.argument("name")
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
@click.option("--key", type=click.Path(dir_okay=False, path_type=Path),
              help="The person's own key file; it is made when it is missing (default: in the user's data folder).")
@click.option("--public-key", default="", help="Instead of a key file: what `person prove` printed elsewhere.")
@click.option("--proof", default="", help="The proof that belongs to the public key.")
@click.option("--by", type=click.Path(dir_okay=False, path_type=Path), envvar="SANDYQ_KEY",
              help="From the third person on: the key of who proposes (default: SANDYQ_KEY, else the actor's).")
@click.option("--note", default="")
@options.actor
@options.as_json
@guarded
def add(book: Path, name: str, role: str, key: Path | None, public_key: str, proof: str, by: Path | None, note: str,
        actor: str, as_json: bool) -> None:
    """Enrol a person. The first two at once; from then on it waits for a second person (exit code 6).

    The passphrase of the new key comes from SANDYQ_KEY_PASSPHRASE or the terminal, that of --by from
    SANDYQ_BY_PASSPHRASE or else likewise.
    """
    path = None if public_key else key or options.key_file(name)
    with opened(book, actor=actor, write=True) as station:
        people = station.people
        if people.controlled("person"):
            _sign_in(people, by or options.key_file(actor))
        if path is not None:
            signer = _key(people, path, name)
            public_key, proof = signer.public_key, people.proof(signer, Role(role))
        changes = people.enrol(name, Role(role), public_key, proof, note)
    _done(changes, as_json, {"person": name, "role": role, "public_key": public_key,
                             "key": str(path) if path else None})


def _sign_in(people: PeopleDesk, path: Path) -> None:
    people.sign_in_with(path, os.environ.get("SANDYQ_BY_PASSPHRASE") or options.key_passphrase(path))


def _key(people: PeopleDesk, path: Path, name: str) -> Signer:
    """Open a person's key, or make it when the file is missing and the name is free."""
    if path.is_file():
        signer = open_key(path, options.key_passphrase(path))
    elif any(known.name == name and known.left is None for known in people.persons()):
        raise BadInput("person-exists", N_("Somebody of this name is enrolled already."), where=name)
    else:
        signer = make_key(path, name, options.key_passphrase(path))
    if signer.name != name:
        raise BadInput("other-key", N_("The key file belongs to somebody else."), where=signer.name)
    return signer


@person.command("prove")
@options.book
@click.argument("name")
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
@click.option("--key", type=click.Path(dir_okay=False, path_type=Path),
              help="The key file; it is made when it is missing (default: in the user's data folder).")
@options.actor
@options.as_json
@guarded
def prove(book: Path, name: str, role: str, key: Path | None, actor: str, as_json: bool) -> None:
    """Print public key and proof of a new person, for somebody else to enrol them. Writes nothing into the book."""
    with opened(book, actor=actor) as station:
        signer = _key(station.people, key or options.key_file(name), name)
        found = {"person": name, "role": role, "public_key": signer.public_key,
                 "proof": station.people.proof(signer, Role(role))}
    if as_json:
        answer(found)
    else:
        click.echo(f"--public-key {found['public_key']} --proof {found['proof']}")


@person.command("list")
@options.book
@options.known_at
@options.actor
@options.language
@options.as_json
@guarded
def list_(book: Path, known_at: datetime | None, actor: str, code: str, as_json: bool) -> None:
    """Everybody who is or was enrolled."""
    with opened(book, actor=actor) as station:
        people = station.people.persons(Question(date.max, known_at))
    if as_json:
        answer({"persons": [{"name": p.name, "role": p.role.value, "public_key": p.public_key,
                             "valid_from": p.valid_from.isoformat(), "left": p.left.isoformat() if p.left else None,
                             "entry": p.origin.entry} for p in people]})
        return
    say = said(code).say
    prints.table([say("Person"), say("Role"), say("From"), say("Left"), say("Key")],
                 [[p.name, p.role.value, p.valid_from.isoformat(), p.left.isoformat() if p.left else "",
                   p.public_key[:16]] for p in people], frozenset())


@person.command("leave")
@options.book
@click.argument("name")
@click.option("--day", type=options.Day(), help="The day on which the person left (default: today).")
@click.option("--reason", required=True)
@options.actor
@options.signing
@options.as_json
@guarded
def leave(book: Path, name: str, day: date | None, reason: str, actor: str, key: Path | None, as_json: bool) -> None:
    """Record that a person left; it waits for a second person (exit code 6)."""
    with opened(book, actor=actor, write=True, key=key) as station:
        changes = station.people.leave(name, day or datetime.now(UTC).date(), reason)
    _done(changes, as_json, {"person": name})


@click.command()
@options.book
@click.option("--open", "open_only", is_flag=True, help="Only those that wait for a decision.")
@options.known_at
@options.actor
@options.language
@options.as_json
@guarded
def proposals(book: Path, open_only: bool, known_at: datetime | None, actor: str, code: str, as_json: bool) -> None:
    """What was proposed, by whom, and what a second person said; the latest first."""
    with opened(book, actor=actor) as station:
        found = station.people.proposals(Question(date.max, known_at), open_only)
        since = {p.reference: station.people.changed_since(p) for p in found}
    if as_json:
        answer({"proposals": [_form(p, since[p.reference]) for p in found]})
        return
    say = said(code).say
    prints.table([say("Reference"), say("Kind"), say("Subject"), say("State"), say("Prepared by"), say("Decided by"),
                  say("Entry")],
                 [[p.reference, p.kind, p.subject, p.state.value, p.author,
                   ", ".join(a.person for a in p.approvals), str(p.origin.entry)] for p in found], frozenset({6}))


def _form(found: Proposal, since: int) -> dict[str, Any]:
    content = content_of(found)
    rows = [{"table": table, "row": list(row)} for table, row in content.rows] if content else []
    return {"reference": found.reference, "kind": found.kind, "subject": found.subject, "state": found.state.value,
            "author": found.author, "content_hash": found.content_hash, "entry": found.origin.entry,
            "known_at": found.known_at.isoformat(), "changed_since": since,
            "expires": found.expires.date().isoformat() if found.expires else None, "rows": rows,
            "decisions": [{"person": a.person, "decision": a.decision.value, "note": a.note or None,
                           "known_at": a.known_at.isoformat(), "entry": a.origin.entry} for a in found.approvals]}


@click.command()
@options.book
@_REFERENCE
@click.option("--note", default="", help="What the second person adds.")
@options.actor
@options.signing
@options.as_json
@guarded
def approve(book: Path, reference: str, note: str, actor: str, key: Path | None, as_json: bool) -> None:
    """Approve a proposal of somebody else with your key: what was proposed is recorded in the same entry."""
    with opened(book, actor=actor, write=True, key=key) as station:
        changes = station.people.approve(reference, note)
    _done(changes, as_json, {"reference": reference, "decision": "approved"})


@click.command()
@options.book
@_REFERENCE
@click.option("--note", required=True, help="Why it is refused.")
@options.actor
@options.signing
@options.as_json
@guarded
def refuse(book: Path, reference: str, note: str, actor: str, key: Path | None, as_json: bool) -> None:
    """Refuse a proposal of somebody else; it stays in the journal."""
    with opened(book, actor=actor, write=True, key=key) as station:
        changes = station.people.refuse(reference, note)
    _done(changes, as_json, {"reference": reference, "decision": "refused"})


@click.command()
@options.book
@_REFERENCE
@click.option("--note", required=True, help="Why it is taken back.")
@options.actor
@options.signing
@options.as_json
@guarded
def withdraw(book: Path, reference: str, note: str, actor: str, key: Path | None, as_json: bool) -> None:
    """Take back a proposal of your own; it stays in the journal."""
    with opened(book, actor=actor, write=True, key=key) as station:
        changes = station.people.withdraw(reference, note)
    _done(changes, as_json, {"reference": reference, "decision": "withdrawn"})


@click.command()
@options.book
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The file to write.")
@options.actor
@options.signing
@options.as_json
@guarded
def checkpoint(book: Path, out: Path, actor: str, key: Path | None, as_json: bool) -> None:
    """Write a signed checkpoint of the chain's head; kept elsewhere, it shows a book rewritten or put back."""
    with opened(book, actor=actor, key=key) as station:
        station.people.export_checkpoint(out)
        head, name = station.head(), station.actor
    if as_json:
        answer({"file": str(out), "head": head, "signed_by": name})
    else:
        click.echo(f"{out}  {head[:16]}  {name}")


def _done(changes: Changes, as_json: bool, more: dict[str, Any]) -> None:
    if as_json:
        answer({**more, "entry": changes.entry, "tables": sorted(changes.tables), "proposal": changes.proposal or None})
    else:
        click.echo(f"{changes.proposal or changes.entry}")
    if changes.proposal:
        sys.exit(6)


COMMANDS: Final[tuple[click.Command, ...]] = (person, proposals, approve, refuse, withdraw, checkpoint)
