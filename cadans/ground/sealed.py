"""Secrets at rest: passwords and keys of other services, encrypted in the database.

    mailbox.smtp_password = seal("hunter2", for_what="mailbox")
    open_sealed(mailbox.smtp_password, for_what="mailbox")

They are sealed with Fernet (AES-128-CBC with an HMAC of SHA-256), under a key made of
`CADANS_SECRET_KEY` and of what the secret is for, so that a value copied into another column does
not open there. After the key was changed, the old ones in `CADANS_OLD_SECRET_KEYS` still open what
they sealed; what is sealed anew gets the new key.

A pair of functions and no model field: deeds write rows past Django's fields (ground/writing.py),
so a field that encrypts by itself would one day write a secret as it is.
"""

from __future__ import annotations

import base64
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.translation import gettext as _

from cadans.ground.errors import CadansError


class CannotOpen(CadansError):
    """A sealed secret does not open: the key is another one, or the value was tampered with."""

    status = 409
    code = "secret_does_not_open"


def seal(secret: str, *, for_what: str) -> str:
    """The secret, encrypted, as text for a column; an empty secret stays empty."""
    return _box(for_what).encrypt(secret.encode()).decode() if secret else ""


def open_sealed(sealed: str, *, for_what: str) -> str:
    """The secret that was sealed for the same purpose. Raises CannotOpen."""
    if not sealed:
        return ""
    try:
        return _box(for_what).decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise CannotOpen(
            _(
                "This secret was kept under another CADANS_SECRET_KEY and does not open any more. "
                "Enter it again, or name the old key in CADANS_OLD_SECRET_KEYS."
            )
        ) from None


def seal_anew(sealed: str, *, for_what: str) -> str:
    """The same secret, sealed with the present key. Raises CannotOpen."""
    return seal(open_sealed(sealed, for_what=for_what), for_what=for_what)


def _box(for_what: str) -> MultiFernet:
    return _boxed((settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS), for_what)


@lru_cache(maxsize=32)
def _boxed(keys: tuple[str, ...], for_what: str) -> MultiFernet:
    return MultiFernet([Fernet(_derived(key, for_what)) for key in keys])


def _derived(key: str, for_what: str) -> bytes:
    """32 bytes by HKDF (RFC 5869), as Fernet takes them."""
    info = f"cadans sealed {for_what}".encode()
    made = HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(key.encode())
    return base64.urlsafe_b64encode(made)
