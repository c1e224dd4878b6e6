"""The wall chart: everything fits its sheet, says what the design says, and is safe to send on."""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ET
from datetime import date
from typing import Any

import pypdf
import pytest

from cadans.playbooks.playbook import templates
from cadans.playbooks.wall_chart.content import (
    Figures,
    Imprint,
    Sheet,
    StageFigures,
    guidance_in_brief,
    sheet,
)
from cadans.playbooks.wall_chart.drawing import Drawing, Panel
from cadans.playbooks.wall_chart.layout import drawn
from cadans.playbooks.wall_chart.lettering import Style, plain, shortened, width, wrapped
from cadans.playbooks.wall_chart.paper import PAPERS
from cadans.playbooks.wall_chart.pdf import as_pdf
from cadans.playbooks.wall_chart.svg import as_svg
from cadans.playbooks.words import Lexicon
from cadans.process.design import Design, Guidance

IMPRINT = Imprint("Nieuwe klanten", "Kadestroom", date(2026, 11, 24), 3, date(2026, 9, 2))
HAIR = 0.6
"""Points by which a letter may stand out of its box: less than a hair on paper."""

SVG = "{http://www.w3.org/2000/svg}"


def figures_of(design: Design) -> Figures:
    """Figures that differ from stage to stage."""
    stages = {
        stage.key: StageFigures(
            entered=400 - 9 * place,
            reached=370 - 9 * place,
            lost=12,
            stuck=7 + place,
            median_days=place + 0.4,
        )
        for place, stage in enumerate(design.open_stages())
    }
    return Figures(date(2025, 12, 1), date(2026, 11, 24), stages, 400, 61)


def chart(
    design: Design,
    paper: str = "A3-landscape",
    *,
    language: str = "nl",
    figures: bool = False,
    imprint: Imprint = IMPRINT,
    words: Lexicon | None = None,
) -> Drawing:
    told = sheet(
        design,
        imprint,
        words or Lexicon(),
        language=language,
        figures=figures_of(design) if figures else None,
    )
    return drawn(told, PAPERS[paper])


def text_of(drawing: Drawing) -> str:
    """All the chart says, its lines joined again."""
    joined = " ".join(text.text for text in drawing.texts())
    return re.sub(r"(\w)- (?=\w)", r"\1", joined).replace("\u00a0", " ")


def _bare(text: str) -> str:
    """Text without what may stand where a line breaks."""
    return re.sub(r"[\s-]", "", text)


def assert_fits(drawing: Drawing) -> None:
    """No text leaves its panel, no panel leaves the sheet or lies on another."""
    paper = drawing.paper
    for panel in drawing.panels:
        bound = panel.bound
        assert bound.x >= paper.margin - HAIR
        assert bound.y >= paper.margin - HAIR
        assert bound.x + bound.width <= paper.width - paper.margin * 0.5, panel.name
        assert bound.y + bound.height <= paper.height - paper.margin + HAIR, panel.name
        for text in panel.texts():
            where = (panel.name, text.text)
            assert text.left >= bound.x - HAIR, where
            assert text.left + text.width <= bound.x + bound.width + HAIR, where
            assert text.y - text.size * 0.75 >= bound.y - HAIR, where
            assert text.y + text.size * 0.2 <= bound.y + bound.height + HAIR, where
    for place, one in enumerate(drawing.panels):
        for other in drawing.panels[place + 1 :]:
            assert not _overlap(one, other), (one.name, other.name)
    assert_lines_apart(drawing)


def _overlap(one: Panel, other: Panel) -> bool:
    a, b = one.bound, other.bound
    across = min(a.x + a.width, b.x + b.width) - max(a.x, b.x)
    down = min(a.y + a.height, b.y + b.height) - max(a.y, b.y)
    # The bounds of neighbours touch.
    return across > HAIR and down > HAIR


def assert_lines_apart(drawing: Drawing) -> None:
    """No two lines of text lie on each other."""
    for panel in drawing.panels:
        texts = list(panel.texts())
        for place, one in enumerate(texts):
            for other in texts[place + 1 :]:
                across = min(one.left + one.width, other.left + other.width) - max(
                    one.left, other.left
                )
                down = min(one.y, other.y) - max(one.y - 0.7 * one.size, other.y - 0.7 * other.size)
                assert across <= HAIR or down <= HAIR, (one.text, other.text)


def design_of(stages: int, **parts: Any) -> Design:
    rows = [
        {"key": f"s{n}", "name": {"nl": f"Fase {n}", "en": f"Stage {n}"}, **parts}
        for n in range(1, stages + 1)
    ]
    return Design.model_validate({"format": 1, "stages": rows})


FULL: dict[str, Any] = {
    "goals": [
        {"kind": "box", "key": f"g{n}", "name": {"nl": f"Behoefteanalyse nummer {n} besproken"}}
        for n in range(8)
    ],
    "tasks": [
        {"key": f"t{n}", "name": {"nl": f"Bel over de handtekeningbevoegdheid {n}"}, "kind": "call"}
        for n in range(8)
    ],
    "guidance": {"nl": {"short": "Vraag wat het oplevert en wie er beslist. " * 12}},
    "idle_days": 5,
    "is_ask": True,
    "enforcement": "block",
}


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("playbook", templates(), ids=lambda playbook: playbook.key)
def test_every_template_fits_every_paper(playbook: Any, paper: str, language: str) -> None:
    design = playbook.design
    # With and without figures by turns.
    figures = (len(playbook.key) + len(paper) + len(language)) % 2 == 0 or "portrait" in paper
    imprint = Imprint(playbook.label(language), "Kadestroom", date(2026, 11, 24), 3)
    drawing = chart(design, paper, language=language, figures=figures, imprint=imprint)
    assert_fits(drawing)
    # What hangs on a wall can be read: 5.5 points on A4, more on A3.
    assert min(text.size for text in drawing.texts()) >= (5.4 if "A3" in paper else 4.6)
    for stage in design.open_stages():
        assert _bare(stage.label(language)) in _bare(text_of(drawing))


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("stages", [1, 3, 4, 9, 12, 40])
@pytest.mark.parametrize("parts", [{}, FULL], ids=["empty", "full"])
def test_any_number_of_stages_fits(stages: int, paper: str, parts: dict[str, Any]) -> None:
    design = design_of(stages, **parts)
    drawing = chart(design, paper, figures=bool(parts))
    assert_fits(drawing)
    told = text_of(drawing)
    for number in range(1, stages + 1):
        assert f"Fase {number}" in told


def test_what_is_left_out_is_counted() -> None:
    design = design_of(9, **FULL)
    drawing = chart(design, "A4-landscape")
    assert drawing.shortened
    left_out = [int(n) for n in re.findall(r"en nog (\d+)", text_of(drawing))]
    goals = sum(
        f"{n}".isdigit() for n in re.findall(r"Behoefteanalyse nummer (\d)", text_of(drawing))
    )
    tasks = len(re.findall(r"handtekeningbevoegdheid (\d)", text_of(drawing)))
    assert goals + tasks + sum(left_out) == 9 * 16


def test_a_chart_without_due_dates_promises_no_names() -> None:
    whole, crowded = chart(design_of(3, **FULL)), chart(design_of(40, **FULL), "A4-portrait")
    assert "tenzij er iemand bij staat" in text_of(whole)
    assert "werkdag" not in text_of(crowded)
    assert "tenzij er iemand bij staat" not in text_of(crowded)


def test_a_chart_says_what_the_design_says() -> None:
    anna, team = "8a3f0b52-0000-7000-8000-000000000001", "8a3f0b52-0000-7000-8000-000000000002"
    design = Design.model_validate(
        {
            "format": 1,
            "stages": [
                {
                    "key": "new",
                    "name": {"nl": "Nieuw", "en": "New"},
                    "goals_needed": "any",
                    "goals": [
                        {
                            "kind": "activity",
                            "key": "spoken",
                            "name": {"en": "Spoken"},
                            "activity": "call",
                        },
                        {"kind": "box", "key": "box", "name": {"en": "Fit agreed"}},
                    ],
                    "guidance": {"en": {"short": "Call **today**.\n\nAsk *why now*."}},
                    "tasks": [
                        {
                            "key": "call",
                            "name": {"en": "Call them"},
                            "kind": "call",
                            "due": {"after": 2, "unit": "hours"},
                            "required": True,
                            "to": "user",
                            "user": anna,
                        },
                        {"key": "plan", "name": {"en": "Plan"}, "to": "manager"},
                    ],
                    "rules": [
                        {
                            "key": "north",
                            "name": "North",
                            "when": {"all": [{"field": "source", "is": "equal", "than": "Fair"}]},
                            "to": {"team": team},
                        }
                    ],
                    "idle_days": 3,
                    "enforcement": "reason",
                    "is_ask": True,
                },
                {"key": "won", "name": {"en": "Customer"}, "ends_in": "won"},
                {
                    "key": "lost",
                    "name": {"en": "No deal"},
                    "ends_in": "lost",
                    "guidance": {"en": {"short": "Say why."}},
                },
            ],
        }
    )
    stage = design.stages[0]
    words = Lexicon(
        users={stage.tasks[0].user: "Anna de Wit"},  # type: ignore[dict-item]
        teams={stage.rules[0].to.team: "Inside sales"},  # type: ignore[dict-item]
        fields={"source": "Source"},
    )
    told = text_of(chart(design, language="en", words=words))
    for part in (
        "Kadestroom · How we sell",
        "Version 3, live since 2 September 2026 · made on 24 November 2026 · English",
        "Done when one of these is met",
        "Spoken",
        "Call today. Ask why now.",
        "within 2 hours · Anna de Wit",
        "owner’s manager",
        "Inside sales",
        "Source is Fair",
        "Here we ask for the decision",
        "Goals unmet? Moving on takes a reason.",
        "Idle after 3 days without activity.",
        "Customer",
        "The customer said yes.",
        "No deal",
        "Say why.",
    ):
        assert part in told, (part, told)


def test_figures_name_their_number_and_point_at_where_leads_get_stuck() -> None:
    design = design_of(3)
    figures = Figures(
        date(2025, 12, 1),
        date(2026, 11, 24),
        {
            "s1": StageFigures(200, 120, 50, 10, 2.4),
            "s2": StageFigures(120, 60, 20, 30, 11.6),
            "s3": StageFigures(4, 0, 0, 4, None),
        },
        200,
        40,
    )
    told = sheet(design, IMPRINT, Lexicon(), language="en", figures=figures)
    first, second, third = (panel.outcome for panel in told.panels)
    assert first is not None
    assert second is not None
    assert third is not None
    assert (first.big, first.share) == ("60%", 0.6)
    assert "of 200 leads go on" in first.small
    assert first.rest.replace("\u00a0", " ") == "median 2.4 days · 10 stuck · 50 lost"
    assert "median 12 days" in second.rest.replace("\u00a0", " ")
    # Four of four is a larger share, but four leads say nothing about a stage.
    assert [first.is_worst, second.is_worst, third.is_worst] == [False, True, False]
    assert told.total is not None
    assert told.total.big == "20%"
    assert "Most leads get stuck here" in text_of(drawn(told, PAPERS["A3-landscape"]))


def test_a_stage_without_leads_shows_no_share() -> None:
    figures = Figures(date(2025, 12, 1), date(2026, 11, 24), {}, 0, 0)
    told = sheet(design_of(2), IMPRINT, Lexicon(), language="nl", figures=figures)
    assert told.total is None
    assert all(panel.outcome and panel.outcome.share is None for panel in told.panels)
    assert_fits(drawn(told, PAPERS["A4-portrait"]))


# ── text ────────────────────────────────────────────────────────────────────────────────────


def test_long_dutch_words_break_where_they_may() -> None:
    lines = wrapped("arbeidsongeschiktheidsverzekering", Style.BODY, 9, 80, "nl")
    assert len(lines) > 1
    assert all(line.endswith("-") for line in lines[:-1])
    assert "".join(line.removesuffix("-") for line in lines) == "arbeidsongeschiktheidsverzekering"
    assert all(width(line, Style.BODY, 9) <= 80 for line in lines)


def test_a_name_for_machines_gets_no_hyphen() -> None:
    lines = wrapped("subscription_payment_received", Style.BODY, 9, 80, "en")
    assert "".join(lines) == "subscription_payment_received"


def test_text_without_a_place_to_break_is_cut() -> None:
    lines = wrapped("x" * 5000, Style.BODY, 9, 60, "nl", most=3)
    assert len(lines) == 3
    assert lines[-1].endswith("…")
    assert all(width(line, Style.BODY, 9) <= 60 for line in lines)


@pytest.mark.parametrize(
    ("written", "set_"),
    [
        ("Hallo 👋🏽 wereld", "Hallo wereld"),
        ("a\u202eb\u200bc\x00d", "abcd"),
        ("שלום", "□□□□"),
        ("caf\u0065\u0301", "café"),
        ("twee\n\n  regels\t", "twee regels"),
        ("Żółć, Ελλάδα, Киев → €", "Żółć, Ελλάδα, Киев → €"),
    ],
)
def test_what_cannot_be_set_is_left_out_or_marked(written: str, set_: str) -> None:
    assert plain(written) == set_


def test_shortening_keeps_whole_words_and_ends_in_an_ellipsis() -> None:
    short = shortened("Een zin die te lang is voor de regel", Style.BODY, 9, 90)
    assert short.endswith("…")
    assert width(short, Style.BODY, 9) <= 90
    assert "Een zin die te lang is".startswith(short.removesuffix("…"))


def test_guidance_in_brief_is_words_without_signs() -> None:
    short = Guidance(short="# Kop\n\n**Bel** [nu](https://example.com) <b>x</b> en\nluister.")
    assert guidance_in_brief(short) == "Kop Bel nu x en luister."
    assert guidance_in_brief(Guidance(long="Eerst dit.\n\nDan dat.")) == "Eerst dit."


# ── files ───────────────────────────────────────────────────────────────────────────────────

HOSTILE = {
    "name": {"nl": "</text><script>alert(1)</script> & 'x' \"y\" 👋 \u202eab"},
    "goals": [{"kind": "box", "key": "g", "name": {"nl": "<![CDATA[ ]]> &amp; \\( \\) %PDF (x"}}],
    "guidance": {"nl": {"short": "W" * 500 + " שלום عربى 你好"}},
}


@pytest.mark.parametrize("paper", PAPERS)
def test_hostile_text_is_only_text(paper: str) -> None:
    hostile = Imprint("<x onload='alert(1)'> ]]> (\\", "<b>Huis</b>", date(2026, 11, 24))
    drawing = chart(design_of(3, **HOSTILE), paper, imprint=hostile)
    assert_fits(drawing)
    tree = ET.fromstring(as_svg(drawing))
    names = {element.tag.removeprefix(SVG) for element in tree.iter()}
    assert names <= {"svg", "title", "desc", "style", "g", "rect", "circle", "polygon", "text"}
    assert not any(name.lower().startswith("on") for one in tree.iter() for name in one.attrib)
    page = pypdf.PdfReader(io.BytesIO(as_pdf(drawing))).pages[0]
    assert "<script>" in page.extract_text().replace("\n", "").replace(" ", "")


@pytest.mark.parametrize("paper", PAPERS.values(), ids=lambda paper: f"{paper.size}-{paper.down}")
def test_the_pdf_is_one_page_of_the_right_size_with_its_letters_in_it(paper: Any) -> None:
    told = sheet(templates()[0].design, IMPRINT, Lexicon(), language="nl")
    drawing = drawn(told, paper)
    file = as_pdf(drawing)
    assert file == as_pdf(drawing)
    document = pypdf.PdfReader(io.BytesIO(file), strict=True)
    assert len(document.pages) == 1
    page = document.pages[0]
    assert float(page.mediabox.width) == pytest.approx(paper.across * 72 / 25.4, abs=0.01)
    assert float(page.mediabox.height) == pytest.approx(paper.down * 72 / 25.4, abs=0.01)
    assert document.metadata is not None
    assert document.metadata.title == "Nieuwe klanten"
    assert document.trailer["/Root"]["/Lang"] == "nl"  # type: ignore[index]
    fonts = page["/Resources"]["/Font"]  # type: ignore[index]
    assert len(fonts) == 3
    for font in fonts.values():
        inner = font.get_object()["/DescendantFonts"][0].get_object()
        embedded = inner["/FontDescriptor"]["/FontFile2"].get_object().get_data()
        assert embedded[:4] == b"\x00\x01\x00\x00"
        assert len(embedded) < 60_000
    assert not page.images
    found = " ".join(page.extract_text().split())
    assert "Nieuwe klanten" in found
    assert "Klaar als" in found


def test_the_svg_stands_on_its_own_and_has_every_letter_in_its_place() -> None:
    drawing = chart(templates()[0].design)
    text = as_svg(drawing)
    tree = ET.fromstring(text)
    assert (tree.get("width"), tree.get("height")) == ("420mm", "297mm")
    assert tree.get("role") == "img"
    assert tree.findtext(f"{SVG}title") == "Nieuwe klanten"
    assert "Nieuwe klanten" in (tree.findtext(f"{SVG}desc") or "")
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "")
    assert text.count("@font-face") == 3
    lines = list(tree.iter(f"{SVG}text"))
    assert [line.text for line in lines] == [one.text for one in drawing.texts()]
    for line, one in zip(lines, drawing.texts(), strict=True):
        places = [float(place) for place in str(line.get("x")).split()]
        assert len(places) == len(one.text)
        assert places == sorted(places)
        assert places[0] == pytest.approx(one.left, abs=0.01)


def test_a_sheet_in_one_language_has_no_word_of_the_other() -> None:
    design = templates()[0].design
    dutch: Sheet = sheet(design, IMPRINT, Lexicon(), language="nl")
    english: Sheet = sheet(design, IMPRINT, Lexicon(), language="en")
    assert dutch.titles.tasks == "Wat we doen"
    assert english.titles.tasks == "What we do"
    assert (
        "concept"
        in sheet(
            design, Imprint("x", "", date(2026, 1, 1)), Lexicon(), language="nl"
        ).imprint.lower()
    )
