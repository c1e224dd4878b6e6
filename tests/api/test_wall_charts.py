"""The wall chart for programs."""

from __future__ import annotations

import pytest

from tests.api.program import Program

pytestmark = pytest.mark.django_db

ADDRESS = "/pipelines/new-customers/wall-chart"


def test_a_program_gets_the_chart_as_svg_and_as_pdf(manager: Program) -> None:
    svg = manager.get(f"{ADDRESS}.svg?paper=A4&orientation=portrait&language=en")
    assert svg.status_code == 200
    assert svg["Content-Type"] == "image/svg+xml"
    assert b'width="210mm" height="297mm"' in svg.content
    pdf = manager.get(f"{ADDRESS}.pdf?paper=A3&language=nl&figures=1")
    assert pdf["Content-Type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF-1.7")
    assert 'filename="new-customers-a3-landscape-nl.pdf"' in pdf["Content-Disposition"]


def test_reps_get_what_is_live_and_no_draft(anna: Program) -> None:
    assert anna.get(f"{ADDRESS}.svg").status_code == 200
    answer = anna.get(f"{ADDRESS}.svg?state=draft")
    assert answer.status_code == 403
    assert answer["Content-Type"].startswith("application/problem+json")


def test_what_cannot_be_is_said_with_a_pointer(manager: Program) -> None:
    answer = manager.get(f"{ADDRESS}.svg?paper=A5")
    assert answer.status_code == 422
    assert "A3-landscape" in answer.content.decode()
    assert manager.get(f"{ADDRESS}.pdf?language=fr").status_code == 422
    assert manager.get(f"{ADDRESS}.pdf?state=99").status_code == 404
    assert manager.get("/pipelines/nowhere/wall-chart.svg").status_code == 404
