"""An encrypted book's data key and who can open it: one wrap per person and one for the recovery sheet.

The data key is random and never changes, so a passphrase changes without rewriting the book. The wraps stand in
``NAME.sandyq.keys`` beside the book; without that file nobody opens it, so it travels with every copy and backup.
A book that was encrypted before such files existed has none and opens by its passphrase itself.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from sandyq.basics.errors import BadInput
from sandyq.basics.text import N_
from sandyq.control.wrapping import NONCE_BYTES, SALT_BYTES, unwrap, wrap
from sandyq.store.files import write_whole

RECOVERY: Final = "recovery sheet"
"""The name of the wrap that the printed sheet opens; no person can have it."""
_FORM: Final = "sandyq book keys 1"
_GROUP: Final = 4
_CODE_BYTES: Final = 20


@dataclass(frozen=True, slots=True)
class Wraps:
    """The content of a keys file: name → wrap."""

    wraps: Mapping[str, Mapping[str, object]]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.wraps)


def keys_path(book: Path) -> Path:
    return book.with_name(book.name + ".keys")


def has_keys(book: Path) -> bool:
    return keys_path(book).exists()


def new_book_key(book: Path, person: str, passphrase: str) -> str:
    """Make a data key, write the keys file with one person's wrap and return the key as the engine wants it."""
    _check(person)
    key = os.urandom(32)
    _write(book, {person: _wrapped(key, person, passphrase)})
    return engine_key(key)


def book_key(book: Path, passphrase: str, person: str = "") -> str:
    """Return what the engine opens the book with. Raises BadInput when no wrap is opened by the passphrase.

    The person's own wrap is tried first. A book without a keys file has the passphrase itself as its key.
    """
    if not has_keys(book):
        return passphrase
    return engine_key(_opened(book, passphrase, person)[0])


def names(book: Path) -> tuple[str, ...]:
    """Return who can open the book. Raises BadInput when it has no keys file."""
    return _read(book).names


def add_wrap(book: Path, passphrase: str, person: str, new_passphrase: str) -> None:
    """Let one more person open the book, with the passphrase of somebody who can. Raises BadInput."""
    _check(person)
    known = _read(book)
    if person in known.wraps:
        raise BadInput("wrap-exists", N_("{name} can open this book already.", name=person), where=book.name)
    key, _ = _opened(book, passphrase)
    _write(book, {**known.wraps, person: _wrapped(key, person, new_passphrase)})


def change_passphrase(book: Path, person: str, passphrase: str, new_passphrase: str) -> None:
    """Give a person another passphrase; the book's own bytes stay as they are. Raises BadInput."""
    known = _read(book)
    if person not in known.wraps:
        raise BadInput("no-wrap", N_("{name} has no passphrase for this book.", name=person), where=book.name)
    key = unwrap(known.wraps[person], passphrase, _purpose(person))
    if key is None:
        raise _wrong(book)
    _write(book, {**known.wraps, person: _wrapped(key, person, new_passphrase)})


def remove_wrap(book: Path, passphrase: str, person: str) -> None:
    """Take a person's passphrase away; the last one stays. Raises BadInput."""
    known = _read(book)
    if person not in known.wraps:
        raise BadInput("no-wrap", N_("{name} has no passphrase for this book.", name=person), where=book.name)
    left = {name: kept for name, kept in known.wraps.items() if name != person}
    if not set(left) - {RECOVERY}:
        raise BadInput("last-wrap", N_("The last passphrase of a book cannot be taken away."), where=book.name)
    _opened(book, passphrase)
    _write(book, left)


def recovery_sheet(book: Path, passphrase: str) -> str:
    """Make the recovery sheet's code anew and return it; it is shown once and stored nowhere. Raises BadInput."""
    key, _ = _opened(book, passphrase)
    code = _spelled(os.urandom(_CODE_BYTES))
    _write(book, {**_read(book).wraps, RECOVERY: _wrapped(key, RECOVERY, _plain(code))})
    return code


def recover(book: Path, code: str, person: str, new_passphrase: str) -> None:
    """Give a person a new passphrase by the code of the recovery sheet. Raises BadInput."""
    _check(person)
    known = _read(book)
    if RECOVERY not in known.wraps:
        raise BadInput("no-sheet", N_("No recovery sheet was made for this book."), where=book.name)
    key = unwrap(known.wraps[RECOVERY], _plain(code), _purpose(RECOVERY))
    if key is None:
        raise BadInput("sheet-code", N_("The code of the recovery sheet does not open this book."), where=book.name)
    _write(book, {**known.wraps, person: _wrapped(key, person, new_passphrase)})


def copy_keys(book: Path, copy: Path, write: Callable[..., None] = write_whole) -> None:
    """Put the keys file beside a copy of the book, when the book has one."""
    if has_keys(book):
        write(keys_path(copy), keys_path(book).read_bytes(), secret=True)


def engine_key(key: bytes) -> str:
    """Return a raw key in the engine's own spelling."""
    return f"x'{key.hex()}'"


def _opened(book: Path, passphrase: str, person: str = "") -> tuple[bytes, str]:
    known = _read(book)
    for name in sorted(known.wraps, key=lambda name: (name != person, name == RECOVERY)):
        secret = _plain(passphrase) if name == RECOVERY else passphrase
        key = unwrap(known.wraps[name], secret, _purpose(name)) if secret else None
        if key is not None:
            return key, name
    raise _wrong(book)


def _read(book: Path) -> Wraps:
    path = keys_path(book)
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        found = {str(name): dict(kept) for name, kept in said["wraps"].items()}
    except FileNotFoundError:
        raise BadInput("no-keys-file", N_("The file with the keys of this book is not beside it."), where=path.name,
                       remedy=N_("Put it back from a backup; it travels with the book.")) from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise BadInput("bad-keys-file", N_("The file with the keys of this book cannot be read."), where=path.name,
                       remedy=N_("Put it back from a backup; it travels with the book.")) from None
    if said.get("form") != _FORM or not found:
        raise BadInput("bad-keys-file", N_("The file with the keys of this book cannot be read."), where=path.name)
    return Wraps(found)


def _write(book: Path, wraps: Mapping[str, Mapping[str, object]]) -> None:
    content = json.dumps({"form": _FORM, "wraps": wraps}, ensure_ascii=False, indent=1)
    write_whole(keys_path(book), content.encode(), secret=True)


def _wrapped(key: bytes, person: str, passphrase: str) -> dict[str, str | int]:
    return wrap(key, passphrase, _purpose(person), salt=os.urandom(SALT_BYTES), nonce=os.urandom(NONCE_BYTES))


def _purpose(person: str) -> str:
    return f"sandyq book\n{person}"


def _check(person: str) -> None:
    if not person.strip() or person == RECOVERY:
        raise BadInput("name-empty", N_("A passphrase belongs to a person with a name."))


def _wrong(book: Path) -> BadInput:
    return BadInput("passphrase", N_("The passphrase does not open this book."), where=book.name)


def _spelled(secret: bytes) -> str:
    """Return groups of four letters and digits; the last group checks the others against slips of the pen."""
    letters = base64.b32encode(secret).decode()
    letters += _check_group(letters)
    return "-".join(letters[start:start + _GROUP] for start in range(0, len(letters), _GROUP))


def _plain(code: str) -> str:
    """Return the code without spaces and hyphens, empty when its check group does not fit."""
    letters = "".join(code.split()).replace("-", "").upper()
    return letters if letters[-_GROUP:] == _check_group(letters[:-_GROUP]) else ""


def _check_group(letters: str) -> str:
    return base64.b32encode(sha256(letters.encode()).digest())[:_GROUP].decode()
