"""A drawing as an SVG that stands on its own: its letters are in it, and nothing is fetched."""

from __future__ import annotations

from base64 import b64encode
from collections import defaultdict
from xml.sax.saxutils import escape, quoteattr

from cadans.playbooks.wall_chart.drawing import Box, Drawing, Mark, Panel, Ring, Shape, Text
from cadans.playbooks.wall_chart.lettering import Style, font_with, places


def as_svg(drawing: Drawing) -> str:
    """The drawing as SVG text. Each letter has its place, so that a program that passes over the
    fonts inside still keeps every line where it belongs."""
    paper = drawing.paper
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="title desc"'
        f" xml:lang={quoteattr(drawing.language)} lang={quoteattr(drawing.language)}"
        f' width="{_n(paper.across)}mm" height="{_n(paper.down)}mm"'
        f' viewBox="0 0 {_n(paper.width)} {_n(paper.height)}">\n',
        f'<title id="title">{escape(drawing.title)}</title>\n',
        f'<desc id="desc">{escape(drawing.about)}</desc>\n',
        f"<style>{style_of(drawing)}</style>\n",
        f'<rect width="{_n(paper.width)}" height="{_n(paper.height)}" fill="#ffffff"/>\n',
    ]
    parts += [_panel(panel) for panel in drawing.panels]
    parts.append("</svg>\n")
    return "".join(parts)


def style_of(drawing: Drawing) -> str:
    """The fonts, with the letters that the drawing uses; its only style."""
    letters: dict[Style, set[str]] = defaultdict(set)
    for text in drawing.texts():
        letters[text.style].update(text.text)
    faces = [
        f"@font-face{{font-family:'{style.family}';font-weight:{style.weight};"
        "src:url(data:font/woff2;base64,"
        f"{b64encode(font_with(style, frozenset(letters[style]), compressed=True)).decode()})"
        " format('woff2')}"
        for style in Style
        if letters[style]
    ]
    return "".join(faces)


def _panel(panel: Panel) -> str:
    marks = "\n".join(_mark(mark) for mark in panel.marks)
    return f"<g data-panel={quoteattr(panel.name)}>\n{marks}\n</g>\n"


def _mark(mark: Mark) -> str:
    match mark:
        case Text():
            return _text(mark)
        case Box():
            radius = f' rx="{_n(mark.radius)}"' if mark.radius else ""
            return (
                f'<rect x="{_n(mark.x)}" y="{_n(mark.y)}" width="{_n(mark.width)}"'
                f' height="{_n(mark.height)}"{radius}{_paint(mark)}/>'
            )
        case Ring():
            return (
                f'<circle cx="{_n(mark.x)}" cy="{_n(mark.y)}" r="{_n(mark.radius)}"{_paint(mark)}/>'
            )
        case Shape():
            points = " ".join(f"{_n(x)},{_n(y)}" for x, y in mark.points)
            return f'<polygon points="{points}"{_paint(mark)}/>'


def _text(text: Text) -> str:
    at = places(text.text, text.style, text.size)
    return (
        f'<text x="{" ".join(_n(text.left + place) for place in at)}" y="{_n(text.y)}"'
        f" font-family=\"'{text.style.family}', Inter, sans-serif\""
        f' font-weight="{text.style.weight}" font-size="{_n(text.size)}"'
        f' fill="{text.fill}">{escape(text.text)}</text>'
    )


def _paint(mark: Box | Ring | Shape) -> str:
    fill = f' fill="{mark.fill or "none"}"'
    if mark.stroke is None:
        return fill
    return f'{fill} stroke="{mark.stroke}" stroke-width="{_n(mark.weight)}"'


def _n(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")
