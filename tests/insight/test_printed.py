"""A page of Insight as a PDF says what the page says."""

import io

import pypdf
import pytest
from django.test import Client

from cadans.web.insight.page_parts import Figures, Heading, Paragraph, Table, read_page
from cadans.web.insight.printed import as_document
from tests.insight.scene import Scene

pytestmark = pytest.mark.django_db

MARKUP = """
<body><nav><a>Elsewhere</a></nav><main id="main">
  <h1 class="page-title">Win rate</h1><p class="page-subtitle">2026</p>
  <div class="page-actions"><p>Export</p></div>
  <form><p>Filters</p></form>
  <dl class="figure-row"><div><dt>Won <button>?</button></dt>
    <dd class="figure-figure">50%</dd><dd class="figure-note">1 of 2</dd></div></dl>
  <h2>By owner</h2>
  <svg><use href="#x"></use></svg>
  <table><caption class="sr-only">By owner</caption>
    <thead><tr><th>Owner</th><th class="figure">Rate</th></tr></thead>
    <tbody><tr><td><a>Anna</a></td><td class="figure">50%</td></tr></tbody></table>
  <p>Some rows rest on few.</p><ul><li>A rule.</li></ul>
</main></body>
"""


def test_what_is_for_clicking_is_passed_over() -> None:
    page = read_page(MARKUP)
    assert (page.title, page.subtitle) == ("Win rate", "2026")
    figures, heading, table, paragraph, point = page.parts
    assert isinstance(figures, Figures)
    assert (figures.figures[0].name, figures.figures[0].value) == ("Won", "50%")
    assert figures.figures[0].notes == ["1 of 2"]
    assert heading == Heading("By owner")
    assert isinstance(table, Table)
    assert (table.name, table.heads, table.rows, table.figures) == (
        "By owner",
        ["Owner", "Rate"],
        [["Anna", "50%"]],
        {1},
    )
    assert paragraph == Paragraph("Some rows rest on few.")
    assert point == Paragraph("A rule.", is_point=True)


def test_a_long_table_goes_on_with_its_heads_on_every_sheet() -> None:
    page = read_page(MARKUP)
    table = next(part for part in page.parts if isinstance(part, Table))
    table.rows = [[f"Rep {number}", f"{number}%"] for number in range(90)]
    sheets = pypdf.PdfReader(io.BytesIO(as_document(page, ["2026"]))).pages
    assert len(sheets) > 2
    texts = [sheet.extract_text() for sheet in sheets]
    assert all("Owner" in text for text in texts[:3])
    everything = "\n".join(texts)
    assert all(f"Rep {number} " in everything for number in range(90))


def test_a_table_that_is_too_wide_is_shortened_not_cut() -> None:
    page = read_page(MARKUP)
    table = next(part for part in page.parts if isinstance(part, Table))
    table.heads = [f"A long head number {n}" for n in range(25)]
    table.rows = [["A long cell of words"] * 25]
    text = pypdf.PdfReader(io.BytesIO(as_document(page, []))).pages[0].extract_text()
    assert "…" in text


def test_a_page_with_nothing_on_it_prints(scene_client: Client) -> None:
    answer = scene_client.get("/insight/win-rate/?as=pdf")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert pypdf.PdfReader(io.BytesIO(answer.content)).pages


@pytest.mark.parametrize("page", ["", "win-rate/", "funnel/", "deal-size/", "cycle/", "adoption/"])
def test_every_page_prints_its_figures(scene_client: Client, page: str) -> None:
    answer = scene_client.get(f"/insight/{page}?as=pdf&period=all")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert pypdf.PdfReader(io.BytesIO(answer.content)).pages


@pytest.fixture
def scene_client() -> Client:
    scene = Scene()
    scene.lead([("new", 0), ("demo", 1)], closed=("won", 3))
    browser = Client()
    browser.force_login(scene.users["Mila"])
    return browser
