"""Secrets at rest are encrypted, bound to what they are for, and survive a change of the key."""

import pytest

from cadans.ground.sealed import CannotOpen, open_sealed, seal, seal_anew


def test_what_is_sealed_does_not_show_and_opens_again() -> None:
    sealed = seal("p@ssw0rd 🔑", for_what="mailbox")
    assert "p@ssw0rd" not in sealed
    assert open_sealed(sealed, for_what="mailbox") == "p@ssw0rd 🔑"


def test_the_same_secret_never_looks_the_same_twice() -> None:
    assert seal("again", for_what="mailbox") != seal("again", for_what="mailbox")


def test_nothing_stays_nothing() -> None:
    assert seal("", for_what="mailbox") == ""
    assert open_sealed("", for_what="mailbox") == ""


def test_it_opens_only_for_what_it_was_sealed_for() -> None:
    with pytest.raises(CannotOpen):
        open_sealed(seal("secret", for_what="mailbox"), for_what="mailchimp")


def test_what_was_tampered_with_does_not_open() -> None:
    sealed = seal("secret", for_what="mailbox")
    changed = sealed[:30] + ("A" if sealed[30] != "A" else "B") + sealed[31:]
    with pytest.raises(CannotOpen):
        open_sealed(changed, for_what="mailbox")


def test_after_the_key_was_changed_the_old_one_still_opens(settings) -> None:
    sealed = seal("secret", for_what="mailbox")
    old = settings.SECRET_KEY
    settings.SECRET_KEY = "another key"
    with pytest.raises(CannotOpen, match="CADANS_SECRET_KEY"):
        open_sealed(sealed, for_what="mailbox")
    settings.SECRET_KEY_FALLBACKS = [old]
    assert open_sealed(sealed, for_what="mailbox") == "secret"
    anew = seal_anew(sealed, for_what="mailbox")
    settings.SECRET_KEY_FALLBACKS = []
    assert open_sealed(anew, for_what="mailbox") == "secret"
