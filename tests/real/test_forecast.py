"""The forecasts, rolled forward with only what was known, keep to what `make backtest` promises."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from django.db import connection, transaction

from backtests.questions import QUESTIONS
from backtests.rolled import Answer, answer
from backtests.sets import SETS
from tests.real.conftest import data

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(scope="module")
def ask(kept: None) -> Callable[..., Answer]:
    """The answer to a question, its data set imported for it and taken back after."""

    def asked(number: int, step: int = 1) -> Answer:
        question = QUESTIONS[number]
        question = replace(question, periods=question.periods[::step])
        folder: Path = data(question.folder)
        with transaction.atomic():
            pipeline = SETS[question.folder](folder)
            with connection.cursor() as cursor:
                cursor.execute("analyze")
            found = answer(question, pipeline)
            transaction.set_rollback(True)
        return found

    return asked


def test_loans_approved_are_forecast_a_quarter_better_than_by_win_rates(
    ask: Callable[..., Answer],
) -> None:
    found = ask(0, 2)  # every second week: enough to see it, in half the time
    model, basic, stage = (found.mape(method) for method in ("model", "basic", "stage"))
    assert model is not None
    assert basic is not None
    assert stage is not None
    assert model <= 0.75 * min(basic, stage)
    assert found.covered >= 0.7 * len(found.said)
    assert not found.silent


@pytest.mark.parametrize(("number", "known"), [(2, 0.1253), (3, 0.2536)], ids=["quarter", "month"])
def test_deals_won_are_forecast_no_worse_than_by_age_and_a_run_rate(
    ask: Callable[..., Answer], number: int, known: float
) -> None:
    """Known are the errors of Aalen and Johansen by age (reference_backtest.json of the set)."""
    found = ask(number)
    model = found.mape("model")
    assert model is not None
    assert model <= known
    assert found.covered >= 0.7 * len(found.said)
    assert len(found.said) == len(found.question.periods)
