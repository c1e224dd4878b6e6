"""What axe complains of on the page that is open."""

from pathlib import Path
from typing import Any

SCRIPT = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def complaints(page: Any) -> list[str]:
    """A line for each rule that the page breaks, with the first place where it does."""
    page.evaluate(SCRIPT.read_text())
    found = page.evaluate("tags => axe.run(document, {runOnly: tags})", TAGS)
    return [
        f"{page.url} {one['id']}: {one['nodes'][0]['html'][:160]}" for one in found["violations"]
    ]
