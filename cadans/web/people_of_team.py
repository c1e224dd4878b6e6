"""Colleagues to choose from in forms and filters."""

from cadans.team.models import User


def owner_choices(*, without: User | None = None) -> list[tuple[str, str]]:
    """Whoever can own leads, as (id, name), by name."""
    users = User.objects.selling().order_by("name")
    if without is not None:
        users = users.exclude(id=without.id)
    return [(str(id), name) for id, name in users.values_list("id", "name")]
