"""A report as a workbook: numbers are numbers, texts are never run."""

import io
from datetime import date
from typing import Any

import openpyxl
import pytest
from django.utils.translation import override

from cadans.insight.columns import column_named, parts_named
from cadans.insight.exports import as_workbook
from cadans.insight.reports import METRICS, report
from cadans.insight.tables import table
from tests.insight.scene import Scene, ever

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    return Scene()


def sheet_of(answer: dict[str, Any]) -> Any:
    return openpyxl.load_workbook(io.BytesIO(as_workbook(answer, [("Period", "2026")]))).worksheets[
        0
    ]


def column(sheet: Any, head: str) -> list[Any]:
    place = [cell.value for cell in sheet[1]].index(head)
    return [row[place] for row in sheet.iter_rows(min_row=2)]


def test_shares_amounts_and_counts_are_numbers_in_their_formats(scene: Scene) -> None:
    scene.lead(closed=("won", 3), value="1250.50")
    scene.lead(closed=("lost", 3))
    with override("en"):
        sheet = sheet_of(report("win-rate", ever(by="owner"), None))
        rate, value, lost = (column(sheet, head)[0] for head in ("Win rate", "Value won", "Lost"))
    assert (rate.value, rate.number_format) == (0.5, "0.0%")
    assert (value.value, value.number_format) == (1250.5, "[$EUR] #,##0.00")
    assert (lost.value, lost.number_format) == (1, "#,##0")
    assert column(sheet, "Row")[-1].value == "Total"


@pytest.mark.parametrize("name", ["=1+1", "+31 6", "-x", "@sum", "\t=1", "=cmd|' /C calc'!A1"])
def test_a_name_never_becomes_a_formula(scene: Scene, name: str) -> None:
    scene.users["Anna"].name = name
    scene.users["Anna"].save()
    scene.lead(closed=("won", 3))
    sheet = sheet_of(report("win-rate", ever(by="owner"), None))
    assert sheet["A2"].data_type == "s"
    assert sheet["A2"].value == name


def test_days_are_days_and_what_is_unknown_is_empty(scene: Scene) -> None:
    answer = {
        "metric": "win-rate",
        "rows": [{"key": "a", "label": "2026-01-02", "day": "2026-01-02", "days": None}],
        "total": {"days": 1.5},
    }
    sheet = sheet_of(answer)
    assert column(sheet, "day")[0].value.date() == date(2026, 1, 2)
    assert column(sheet, "day")[0].number_format == "yyyy-mm-dd"
    assert sheet["A2"].value == "2026-01-02"


@pytest.mark.parametrize("metric", ["win-rate", "funnel", "cycle", "deal-size", "adoption"])
def test_each_column_has_words_in_dutch(scene: Scene, metric: str) -> None:
    scene.lead([("new", 0), ("demo", 1)], closed=("won", 3))
    scene.lead(closed=("lost", 3))
    known = parts_named()
    names, _lines = table(report(metric, ever(), None))
    parts = {part for name in names for part in name.split(".")}
    unknown = {part for part in parts - known.keys() if not part.isdigit()} - {"key"}
    assert not unknown
    with override("nl"):
        assert column_named("win_rate.low") == "Winstpercentage, vanaf"


def test_every_report_makes_a_workbook(scene: Scene) -> None:
    scene.lead([("new", 0), ("demo", 1)], closed=("won", 3))
    for metric in METRICS:
        answer = report(metric, ever(), None)
        book = openpyxl.load_workbook(io.BytesIO(as_workbook(answer, [("Report", metric)])))
        assert len(book.worksheets) == 2, metric
        assert book.worksheets[1]["B1"].value == metric
