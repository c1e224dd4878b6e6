"""Alerts and key conversions for programs."""

from __future__ import annotations

from datetime import date

import pytest

from cadans.insight.models import Alert, KeyConversion
from tests.api.program import Program
from tests.world import World

pytestmark = pytest.mark.django_db

KEY = "/pipelines/new-customers/key-conversions"


def test_managers_are_given_the_alerts(world: World, manager: Program, anna: Program) -> None:
    stages = {"demo": world.stages["demo"], None: None}
    for name, stage in stages.items():
        Alert.objects.create(
            of="conversion" if name else "win_rate",
            pipeline=world.pipeline,
            stage=stage,
            window="week",
            week=date(2026, 6, 1),
            since=date(2026, 5, 25),
            before_part=60,
            before_of=100,
            now_part=4,
            now_of=20,
            chance=0.0004,
        )
    won, conversion = manager.get("/alerts").json()["items"]
    assert (won["of"], won["stage"]) == ("win_rate", None)
    assert (conversion["of"], conversion["stage"]) == ("conversion", "demo")
    assert conversion["now"] == {"value": 0.2, "numerator": 4, "denominator": 20}
    assert conversion["since"] == "2026-05-25"
    assert conversion["over_on"] is None
    refused = anna.get("/alerts")
    assert refused.status_code == 403
    assert refused["Content-Type"].startswith("application/problem+json")


def test_a_manager_marks_what_decides(world: World, manager: Program, anna: Program) -> None:
    for _time in range(2):
        assert manager.ask("PUT", f"{KEY}/demo").status_code == 204
    assert KeyConversion.objects.get().stage == world.stages["demo"]
    rows = manager.get("/reports/funnel?pipeline=new-customers").json()["rows"]
    assert [row["key"] for row in rows if row["is_key"]] == ["demo"]
    assert manager.ask("PUT", f"{KEY}/new").status_code == 204
    assert manager.ask("PUT", f"{KEY}/proposal").status_code == 409
    assert manager.ask("PUT", f"{KEY}/won").status_code == 422
    assert manager.ask("DELETE", f"{KEY}/demo").status_code == 204
    assert anna.ask("PUT", f"{KEY}/demo").status_code == 403
    assert KeyConversion.objects.get().stage == world.stages["new"]
