"""Keep what the forecast's model learned."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

from cadans.insight.forecast.learning import learned_anew
from cadans.insight.forecast.model import as_document
from cadans.insight.models import ForecastModel

KEPT = timedelta(days=92)
"""How long models are kept."""


def learn_forecast(pipeline: uuid.UUID, day: date) -> ForecastModel:
    """Learn a pipeline's model from what was known as the day began, and keep it.

    The day's model that is there already is learned anew; models of a quarter ago are dropped.
    """
    document = as_document(learned_anew(pipeline, day))
    ForecastModel.objects.filter(pipeline=pipeline, day__lt=day - KEPT).delete()
    kept, _made = ForecastModel.objects.update_or_create(
        pipeline_id=pipeline, day=day, defaults={"document": document}
    )
    return kept
