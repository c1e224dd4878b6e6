"""/pipelines/{pipeline}/wall-chart: the process on one page, as SVG and as PDF."""

from __future__ import annotations

from typing import Annotated, Literal

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import BaseModel, Field

from cadans.api.auth import ApiRequest
from cadans.api.schemas.kinds import Key
from cadans.ground.errors import Invalid
from cadans.insight.wall_chart import figures_of
from cadans.playbooks.wall_chart.asking import LIVE, Wish, chart_of, read_wish
from cadans.playbooks.wall_chart.drawing import Drawing
from cadans.playbooks.wall_chart.pdf import as_pdf
from cadans.playbooks.wall_chart.svg import as_svg
from cadans.process.models import Pipeline
from cadans.process.queries import pipeline_named

router = Router(tags=["pipelines"])

SVG, PDF = "image/svg+xml", "application/pdf"


class ChartWish(BaseModel):
    """Which chart: paper, language, state of the process, with or without figures."""

    paper: Key = Field(default="A3", description="`A3` or `A4`")
    orientation: Literal["landscape", "portrait"] | None = None
    language: Literal["nl", "en"] | None = Field(
        default=None, description="default: that of the token's user"
    )
    state: Key = Field(default=LIVE, description="`live`, `draft`, or the number of a version")
    figures: bool = Field(default=False, description="with the funnel of the last twelve months")


@router.get(
    "/{pipeline}/wall-chart.svg",
    openapi_extra={"responses": {200: {"content": {SVG: {"schema": {"type": "string"}}}}}},
)
def show_wall_chart_svg(
    request: ApiRequest, pipeline: str, question: Annotated[ChartWish, Query()]
) -> HttpResponse:
    """The wall chart of a pipeline as an SVG that stands on its own."""
    found, wish, chart = _chart(request, pipeline, question)
    return _file(as_svg(chart), SVG, wish.file_name(found, "svg"))


@router.get(
    "/{pipeline}/wall-chart.pdf",
    openapi_extra={
        "responses": {200: {"content": {PDF: {"schema": {"type": "string", "format": "binary"}}}}}
    },
)
def show_wall_chart_pdf(
    request: ApiRequest, pipeline: str, question: Annotated[ChartWish, Query()]
) -> HttpResponse:
    """The wall chart of a pipeline as a PDF of one page."""
    found, wish, chart = _chart(request, pipeline, question)
    return _file(as_pdf(chart), PDF, wish.file_name(found, "pdf"))


def _chart(request: ApiRequest, word: str, question: ChartWish) -> tuple[Pipeline, Wish, Drawing]:
    user = request.auth.user
    pipeline = pipeline_named(word)
    asked = {
        name: str(int(value) if isinstance(value, bool) else value)
        for name, value in question.model_dump(exclude_none=True).items()
    }
    try:
        wish = read_wish(asked)
    except Invalid as error:
        error.pointer = f"?{error.pointer.removeprefix('/')}"
        raise
    figures = figures_of(pipeline, user) if wish.with_figures else None
    return pipeline, wish, chart_of(pipeline, user, wish, figures=figures)


def _file(content: str | bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response
