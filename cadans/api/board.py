"""/board/{pipeline}: the open leads of a pipeline by stage."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import BaseModel

from cadans.api.answers import answer
from cadans.api.auth import ApiRequest
from cadans.api.schemas.kinds import KeyRef, Money, money
from cadans.api.schemas.lead import Card, card
from cadans.leads.queries import CARDS, Column, board
from cadans.process.queries import pipeline_named

router = Router(tags=["board"])


class BoardColumn(BaseModel):
    """A stage: how many open leads, their value (a sum a currency), the first cards."""

    stage: KeyRef
    count: int
    sums: list[Money]
    cards: list[Card]


class Board(BaseModel):
    """The open leads of a pipeline; `cards` are the newest of each stage."""

    pipeline: KeyRef
    stages: list[BoardColumn]


@router.get("/{pipeline}", response=Board)
def show_board(
    request: ApiRequest,
    pipeline: str,
    cards: Annotated[int, Query(ge=0, le=100)] = CARDS,
) -> HttpResponse:
    """The board of a pipeline (its key, id or name)."""
    found = pipeline_named(pipeline, with_documents=False)
    columns = board(request.auth.user, found, cards=cards)
    return answer(
        Board.model_construct(
            pipeline=KeyRef.model_construct(id=found.id, key=found.key, name=found.name),
            stages=[_column(column) for column in columns],
        )
    )


def _column(column: Column) -> BoardColumn:
    stage = column.stage
    sums = [money(amount, currency) for currency, amount in sorted(column.sums.items())]
    return BoardColumn.model_construct(
        stage=KeyRef.model_construct(id=stage.id, key=stage.key, name=stage.label),
        count=column.count,
        sums=[one for one in sums if one is not None],
        cards=[card(lead) for lead in column.cards],
    )
