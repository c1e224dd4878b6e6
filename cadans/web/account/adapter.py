"""How log-in differs from allauth's own ways: nobody signs up by themselves."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by administrators, or by the first run."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False
