"""A person's private key: a file outside the book, under a passphrase; opened, it signs."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Final

from sandyq.basics.errors import BadInput
from sandyq.basics.text import N_
from sandyq.control.people import Signer
from sandyq.control.wrapping import NONCE_BYTES, SALT_BYTES, unwrap, wrap
from sandyq.store.files import write_whole

_FORM: Final = "sandyq key 1"


def make_key(path: Path, name: str, passphrase: str) -> Signer:
    """Make an Ed25519 key for a person and write its file. Raises BadInput when the file exists or a text is empty."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    if path.exists():
        raise BadInput("key-exists", N_("There is a key file of that name already."), where=str(path),
                       remedy=N_("Choose another file; a key is never overwritten."))
    if not name.strip():
        raise BadInput("name-empty", N_("A key belongs to a person with a name."))
    key = Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes_raw().hex()
    wrapped = wrap(key.private_bytes_raw(), passphrase, _purpose(name, public), salt=os.urandom(SALT_BYTES),
                   nonce=os.urandom(NONCE_BYTES))
    content = json.dumps({"form": _FORM, "name": name, "public_key": public, "wrap": wrapped}, ensure_ascii=False,
                         indent=1)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, content.encode(), secret=True)
    return Signer(name, public, key.sign)


def load_key(path: Path, passphrase: str) -> Signer:
    """Open a key file. Raises BadInput: no such file, not a key file, wrong passphrase."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    name, public, wrapped = _read(path)
    seed = unwrap(wrapped, passphrase, _purpose(name, public))
    if seed is None:
        raise BadInput("key-passphrase", N_("The passphrase does not open this key."), where=path.name)
    key = Ed25519PrivateKey.from_private_bytes(seed)
    return Signer(name, public, key.sign)


def owner_of(path: Path) -> str:
    """Return whose key a file holds, without opening it. Raises BadInput."""
    return _read(path)[0]


def _read(path: Path) -> tuple[str, str, dict[str, object]]:
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        name, public, wrapped = said["name"], said["public_key"], said["wrap"]
    except FileNotFoundError:
        raise BadInput("no-key", N_("There is no such key file."), where=str(path)) from None
    except (OSError, ValueError, KeyError, TypeError):
        raise BadInput("not-a-key", N_("The file is not a key of this program."), where=path.name) from None
    if said.get("form") != _FORM or not isinstance(name, str) or not isinstance(public, str) \
            or not isinstance(wrapped, dict):
        raise BadInput("not-a-key", N_("The file is not a key of this program."), where=path.name)
    return name, public, wrapped


def _purpose(name: str, public: str) -> str:
    return f"sandyq key\n{name}\n{public}"
