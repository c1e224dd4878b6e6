"""`cadans playbook wall-chart`: the process on one page, to a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cadans.cli.main import cadans

pytestmark = pytest.mark.django_db

Run = Callable[..., Result]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command on the test database."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://the-tests-own")

    def run(*arguments: object) -> Result:
        return CliRunner().invoke(cadans, ["playbook", "wall-chart", *map(str, arguments)])

    return run


@pytest.mark.usefixtures("world")
def test_a_chart_is_written_as_svg_and_as_pdf(run: Run, tmp_path: Path) -> None:
    svg, pdf = tmp_path / "chart.svg", tmp_path / "chart.pdf"
    done = run("new-customers", svg, "--paper", "A4", "--portrait", "--language", "nl")
    assert done.exit_code == 0, done.output
    assert 'width="210mm" height="297mm"' in svg.read_text()
    assert "Wat we doen" in svg.read_text()
    done = run("new-customers", pdf, "--draft", "--figures")
    assert done.exit_code == 0, done.output
    assert pdf.read_bytes().startswith(b"%PDF-1.7")


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize(
    ("wish", "code", "told"),
    [
        (["new-customers", "chart.png"], 2, "ends in .pdf or .svg"),
        (["new-customers", "chart.pdf", "--draft", "--version", "1"], 2, "one of"),
        (["nowhere", "chart.pdf"], 1, "nowhere"),
        (["new-customers", "chart.pdf", "--version", "9"], 1, "9"),
        (["new-customers", "chart.pdf", "--paper", "A5"], 1, "A3-landscape"),
    ],
)
def test_what_cannot_be_is_refused(
    run: Run, tmp_path: Path, wish: list[str], code: int, told: str
) -> None:
    wish = [str(tmp_path / word) if word.startswith("chart.") else word for word in wish]
    done = run(*wish)
    assert done.exit_code == code, done.output
    # What Cadans refuses, `cadans` itself tells; here it is still an exception.
    assert told in done.output + str(done.exception)
    assert not list(tmp_path.iterdir())
