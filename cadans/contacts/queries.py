"""Reads of companies and people. Everybody in the organisation may see them."""

from __future__ import annotations

from django.db.models import QuerySet

from cadans.contacts.models import Company, Person


def companies() -> QuerySet[Company]:
    """Companies that were not deleted, with what shows them whole."""
    return Company.objects.present().select_related("parent").prefetch_related("tags")


def people() -> QuerySet[Person]:
    """People who were not deleted, with what shows them whole."""
    return Person.objects.present().select_related("company").prefetch_related("tags")
