"""Checkpoints: the head of the chain as a C2SP signed note, to be printed and exported. Keys are passed in.

The body has three lines: origin, number of entries, base64 of the head's 32 bytes. A note is the body, an empty line
and one signature line per signer: an em dash, the signer's name, base64 of four bytes of key id and the Ed25519
signature over the body (formats: C2SP signed-note and tlog-checkpoint).
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from sandyq.basics.errors import IntegrityFailed
from sandyq.basics.text import N_, Text
from sandyq.control.people import Signer
from sandyq.control.signing import signer_from_seed

_ED25519: Final = b"\x01"
_DASH: Final = "\u2014"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a note says: `head` is the hash (hex) of entry number `entries`."""

    origin: str
    entries: int
    head: str


def checkpoint_body(checkpoint: Checkpoint) -> str:
    """Return the three lines that are signed and printed."""
    if not checkpoint.origin or "\n" in checkpoint.origin:
        raise ValueError("an origin is one line of text")
    head = base64.b64encode(bytes.fromhex(checkpoint.head)).decode()
    return f"{checkpoint.origin}\n{checkpoint.entries}\n{head}\n"


def read_body(text: str) -> Checkpoint:
    """Read the body of a note, with or without signatures. It proves nothing. Raises IntegrityFailed for other text."""
    lines = text.split("\n\n", 1)[0].rstrip("\n").split("\n")
    try:
        origin, entries, head = lines[:3]
        checkpoint = Checkpoint(origin, int(entries), base64.b64decode(head, validate=True).hex())
        if checkpoint_body(checkpoint).rstrip("\n") != "\n".join(lines) or len(checkpoint.head) != 64:
            raise ValueError
    except (ValueError, binascii.Error):
        raise _refused(N_("The text is not a checkpoint of a book.")) from None
    return checkpoint


def key_id(name: str, public_key: bytes) -> bytes:
    """Return the four bytes that name a signer's key: SHA-256 of name, newline, algorithm 1 and the key."""
    return sha256(name.encode() + b"\n" + _ED25519 + public_key).digest()[:4]


def sign_checkpoint(body: str, name: str, private_key: bytes) -> str:
    """Return the note: `body` signed by an Ed25519 private key of 32 bytes. `name` holds no space and no plus."""
    return sign_note(body, name, signer_from_seed(name, private_key))


def sign_note(body: str, name: str, signer: Signer) -> str:
    """Return the note: `body` signed by an opened key under a name that holds no space and no plus."""
    if not name or any(mark.isspace() or mark == "+" for mark in name):
        raise ValueError("a signer's name holds no space and no plus")
    mark = key_id(name, bytes.fromhex(signer.public_key))
    line = base64.b64encode(mark + signer.sign(body.encode())).decode()
    return f"{body}\n{_DASH} {name} {line}\n"


def verify_checkpoint(note: str, name: str, public_key: bytes) -> Checkpoint:
    """Return what a note says when the named key signed it. Raises IntegrityFailed otherwise."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    body, _, lines = note.partition("\n\n")
    body += "\n"
    wanted = key_id(name, public_key)
    for line in lines.splitlines():
        dash, _, rest = line.partition(" ")
        signer, _, encoded = rest.partition(" ")
        if dash != _DASH or signer != name:
            continue
        try:
            signature = base64.b64decode(encoded, validate=True)
            if signature[:4] != wanted:
                continue
            Ed25519PublicKey.from_public_bytes(public_key).verify(signature[4:], body.encode())
        except (InvalidSignature, binascii.Error):
            raise _refused(N_("The checkpoint's signature by {name} does not hold.", name=name)) from None
        return read_body(body)
    raise _refused(N_("The checkpoint is not signed by {name} with this key.", name=name))


def _refused(what: Text) -> IntegrityFailed:
    return IntegrityFailed("checkpoint", what, remedy=N_("Compare the printed sheet with the exported checkpoint."))
