"""The API's own clock work: forgetting old idempotency keys."""

from django.utils import timezone
from procrastinate.contrib.django import app

from cadans.api.models import KEPT_FOR, IdempotencyKey


@app.periodic(cron="23 * * * *")
@app.task(name="cadans.api.jobs.forget_idempotency_keys")
def forget_idempotency_keys(timestamp: int) -> None:
    """Delete answers that are older than they are kept for."""
    IdempotencyKey.objects.filter(made_at__lt=timezone.now() - KEPT_FOR).delete()
