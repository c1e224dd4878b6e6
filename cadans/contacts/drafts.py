"""People and companies to be found or made."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CompanyDraft:
    """A company as somebody wrote it down. Found by its domain, else by its exact name."""

    name: str = ""
    domain: str = ""
    country: str = ""
    external_id: str | None = None


@dataclass(frozen=True)
class PersonDraft:
    """A person as somebody wrote it down. Found by e-mail address."""

    email: str = ""
    name: str = ""
    phone: str = ""
    job_title: str = ""
    external_id: str | None = None
