"""Every test here has a Mailchimp of its own."""

from tests.outreach.desk import desk, service

__all__ = ["desk", "service"]
