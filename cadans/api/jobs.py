"""The API's own clock work: forgetting old idempotency keys."""

from procrastinate.contrib.django import app

from cadans.api.idempotency import forget_old_keys


@app.periodic(cron="23 * * * *")
@app.task(name="cadans.api.jobs.forget_idempotency_keys")
def forget_idempotency_keys(timestamp: int) -> None:
    """Delete answers that are older than they are kept for."""
    forget_old_keys()
