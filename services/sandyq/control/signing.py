"""What persons sign, and whether a signature holds: Ed25519 over plain UTF-8 lines.

A decision's message names the book (the hash of its first entry), so that a signature of one book says nothing in
another; the author of a proposal signs the decision ``proposed``.
"""

from __future__ import annotations

from typing import Final

from sandyq.control.people import Signer

PROPOSED: Final = "proposed"
_FIELD: Final = 2**255 - 19
_OF_ORDER_EIGHT: Final = int.from_bytes(bytes.fromhex(
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little")
"""A root y of d·y⁴ + 2·y² = 1: doubled, such a point of the curve has y = 0, which has order four."""
_WEAK: Final = frozenset({0, 1, _FIELD - 1, _OF_ORDER_EIGHT, _FIELD - _OF_ORDER_EIGHT})
"""The y of all points whose order divides eight: under such a key anybody's signature over anything holds."""


def decision_message(book_id: str, reference: str, kind: str, content_hash: str, person: str, decision: str) -> bytes:
    """Return the bytes that a person signs to propose, approve, refuse or withdraw."""
    return f"sandyq decision v1\n{book_id}\n{reference}\n{kind}\n{content_hash}\n{person}\n{decision}\n".encode()


def person_message(book_id: str, name: str, role: str, public_key: str) -> bytes:
    """Return the bytes by which a new person proves to hold the key under which they are enrolled."""
    return f"sandyq person v1\n{book_id}\n{name}\n{role}\n{public_key}\n".encode()


def signature_holds(public_key: str, message: bytes, signature: str) -> bool:
    """Return whether a signature (hex) over a message was made by the key (hex). Anything malformed does not hold."""
    if not is_public_key(public_key):
        return False
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key)).verify(bytes.fromhex(signature), message)
    except (InvalidSignature, ValueError):
        return False
    return True


def is_public_key(text: str) -> bool:
    """Return whether a text is an Ed25519 public key: 64 hex digits in lower case, not of a weak point."""
    if len(text) != 64 or set(text) - set("0123456789abcdef"):
        return False
    height = int.from_bytes(bytes.fromhex(text), "little") & ((1 << 255) - 1)
    return height % _FIELD not in _WEAK


def signer_from_seed(name: str, seed: bytes) -> Signer:
    """Return a signer for the 32 bytes of a private key."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.from_private_bytes(seed)
    return Signer(name, key.public_key().public_bytes_raw().hex(), key.sign)
