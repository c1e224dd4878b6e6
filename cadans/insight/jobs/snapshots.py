"""Keep what is forecast, every night."""

from __future__ import annotations

from procrastinate.contrib.django import app

from cadans.insight.actions.snapshots import catch_up
from cadans.team.queries import today

NIGHTS = 3
"""How many nights one run writes down at most, so that a worker is soon free for other work."""


@app.periodic(cron="*/5 * * * *", periodic_id="forecast")
@app.task(
    name="cadans.insight.jobs.keep_forecasts",
    queueing_lock="cadans.keep_forecasts",
    lock="cadans.keep_forecasts",
    retry=3,
)
def keep_forecasts(timestamp: int) -> None:
    """Write down the forecast of each day once, soon after it began, and of days missed.

    Asked often, because the machine may sleep at night; when nothing is missing it does nothing.
    """
    catch_up(today(), most=NIGHTS)
