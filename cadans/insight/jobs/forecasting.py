"""Learn the forecast's models every night."""

from __future__ import annotations

from procrastinate.contrib.django import app

from cadans.insight.actions.learned import learn_forecast
from cadans.insight.forecast.learning import unlearned_pipelines
from cadans.team.queries import today


@app.periodic(cron="*/10 * * * *", periodic_id="forecast_models")
@app.task(
    name="cadans.insight.jobs.learn_forecasts",
    queueing_lock="cadans.learn_forecasts",
    lock="cadans.learn_forecasts",
    retry=3,
)
def learn_forecasts(timestamp: int) -> None:
    """Learn each live pipeline's model once a day, soon after it began.

    Asked often, because the machine may sleep at night; what is there already is left alone.
    """
    day = today()
    for pipeline in unlearned_pipelines(day):
        learn_forecast(pipeline, day)
