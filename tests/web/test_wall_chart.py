"""The wall chart's page and its files."""

import io
import re

import pypdf
import pytest
from django.utils import timezone

from cadans.playbooks import drafting
from cadans.playbooks.actions import as_document, make_pipeline, publish_pipeline, save_draft
from cadans.playbooks.queries import draft_of
from cadans.process.models import Pipeline

pytestmark = pytest.mark.django_db

PAGE = "/process/new-customers/wall-chart/"
SVG = "/process/new-customers/wall-chart.svg"
PDF = "/process/new-customers/wall-chart.pdf"


@pytest.fixture
def manager(client, world):
    client.force_login(world.manager)
    return client


@pytest.fixture
def rep(client, world):
    client.force_login(world.anna)
    return client


def renamed(world, *, live):
    """The pipeline with its demo called a visit, in the draft or live."""
    pipeline = Pipeline.objects.get(key="new-customers")
    changed = drafting.rename_stage(as_document(draft_of(pipeline)), "demo", {"nl": "Bezoek"})
    save_draft(world.manager, pipeline, document=changed, revision=pipeline.draft_revision)
    if live:
        publish_pipeline(world.manager, Pipeline.objects.get(key="new-customers"))


def text_of(svg):
    return " ".join(re.findall(r"<text[^>]*>([^<]*)</text>", svg.content.decode()))


def test_the_page_shows_the_chart_and_its_files(manager):
    page = manager.get(PAGE).content.decode()
    assert "Wandkaart" in page
    assert f'src="{SVG}?paper=A3-landscape&amp;language=nl&amp;state=live&amp;figures=0"' in page
    assert 'alt="Het verkoopproces “Nieuwe klanten” op één pagina' in page
    assert f"{PDF}?paper=A3-landscape" in page


def test_what_is_chosen_goes_into_the_files(manager):
    chosen = "?paper=A4-portrait&language=en&state=draft&figures=1"
    page = manager.get(PAGE + chosen).content.decode()
    assert "paper=A4-portrait&amp;language=en&amp;state=draft&amp;figures=1" in page
    svg = manager.get(SVG + chosen)
    assert 'width="210mm" height="297mm"' in svg.content.decode()
    assert "Draft, not published" in text_of(svg)
    assert "no leads in this period" in text_of(svg)


def test_the_designer_leads_to_the_chart(manager):
    assert PAGE in manager.get("/process/new-customers/").content.decode()


def test_the_svg_runs_and_fetches_nothing(manager):
    svg = manager.get(SVG)
    assert svg["Content-Type"] == "image/svg+xml"
    policy = svg["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy


def test_files_can_be_kept_under_a_name_that_says_what_they_are(manager):
    shown = manager.get(PDF)
    assert shown["Content-Type"] == "application/pdf"
    assert shown["Content-Disposition"].startswith("inline")
    kept = manager.get(f"{PDF}?paper=A4&language=en&download=1")
    assert kept["Content-Disposition"] == (
        'attachment; filename="new-customers-a4-landscape-en.pdf"'
    )
    page = pypdf.PdfReader(io.BytesIO(kept.content)).pages[0]
    assert (round(page.mediabox.width), round(page.mediabox.height)) == (842, 595)


def test_live_draft_and_old_versions_each_have_their_chart(manager, world):
    renamed(world, live=False)
    assert "Bezoek" not in text_of(manager.get(SVG))
    assert "Bezoek" in text_of(manager.get(f"{SVG}?state=draft"))
    renamed(world, live=True)
    assert "Bezoek" in text_of(manager.get(SVG))
    old = text_of(manager.get(f"{SVG}?state=1"))
    assert "Bezoek" not in old
    assert "niet meer live" in old
    assert "Versie 1" in manager.get(PAGE).content.decode()
    assert manager.get(f"{SVG}?state=7").status_code == 404
    assert manager.get(f"{SVG}?state=drie").status_code == 404


def test_a_pipeline_that_is_only_a_draft_shows_its_draft(manager, world):
    make_pipeline(world.manager, name="Export")
    page = manager.get("/process/export/wall-chart/")
    assert page.status_code == 200
    assert "state=draft" in page.content.decode()
    assert manager.get("/process/export/wall-chart.svg").status_code == 404


def test_reps_see_what_is_live_and_no_draft(rep, world):
    make_pipeline(world.manager, name="Export")
    page = rep.get(PAGE)
    assert page.status_code == 200
    assert "Het concept" not in page.content.decode()
    assert rep.get(SVG).status_code == 200
    assert rep.get(f"{SVG}?state=draft").status_code == 403
    assert rep.get(f"{PDF}?state=draft").status_code == 403
    assert rep.get("/process/export/wall-chart/").status_code == 404


@pytest.mark.parametrize("address", [PAGE, SVG, PDF])
def test_strangers_log_in_first(client, world, address):
    assert client.get(address).status_code == 302


@pytest.mark.parametrize("query", ["paper=A5", "paper=A4-round", "language=fr", "figures=maybe"])
def test_a_wish_that_cannot_be_met_is_refused_and_the_page_falls_back(manager, query):
    assert manager.get(f"{SVG}?{query}").status_code == 422
    assert manager.get(f"{PAGE}?{query}").status_code == 200


def test_figures_come_from_the_leads_of_the_past_year(manager, world):
    for number in range(3):
        lead = world.lead(f"Lead {number}", opened_at=timezone.now())
        del lead
    told = text_of(manager.get(f"{SVG}?figures=1"))
    assert "van 3 leads" in told
