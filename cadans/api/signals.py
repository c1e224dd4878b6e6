"""/signals: what was observed outside, sent in by other programs."""

from __future__ import annotations

from django.http import HttpResponse
from ninja import Router

from cadans.api.answers import answer
from cadans.api.auth import ApiRequest
from cadans.api.schemas.work import NewSignal, SignalTaken, events_told
from cadans.leads import actions

router = Router(tags=["signals"])


@router.post("", response={202: SignalTaken})
def receive_signal(request: ApiRequest, body: NewSignal) -> HttpResponse:
    """Take in a signal. It counts for the lead that is named, or for every open lead on which
    the person with that e-mail address is; the answer tells the events that it led to."""
    events = actions.receive_signal(
        request.auth.user,
        name=body.name,
        lead=body.lead,
        email=body.email,
        external_id=body.external_id,
        payload=body.payload,
        at=body.at,
        via="api",
    )
    return answer(SignalTaken(events=events_told(events)), status=202)
