"""A manager takes a playbook's file in: first a wrong one, then the right one, and gets it back."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from tests.playbooks.test_files import FILE
from tests.world import World


def test_a_file_is_mended_taken_in_and_downloaded_again(
    visit, world: World, transactional_db: None, tmp_path: Path
) -> None:
    right = FILE.replace("Binnendienst", world.team.name)
    file = tmp_path / "schools.yaml"
    file.write_text(right.replace("kind: box", "kind: bocks"), "utf-8")
    page = visit(world.manager, "/process/", language="en")
    page.get_by_role("link", name="From a file").click()
    page.get_by_label("File", exact=True).set_input_files(file)
    page.get_by_role("button", name="Make the draft").click()
    expect(page.get_by_text("schools.yaml is not taken in: 1 fault")).to_be_visible()
    expect(page.get_by_text("Line 9, column 16")).to_be_visible()
    file.write_text(right, "utf-8")
    page.get_by_label("File", exact=True).set_input_files(file)
    page.get_by_role("button", name="Make the draft").click()
    expect(page.get_by_role("heading", name="Scholen")).to_be_visible()
    page.get_by_role("button", name="More").click()
    page.get_by_role("menuitem", name="As a file").click()
    with page.expect_download() as found:
        page.get_by_role("link", name="The draft").click()
    assert found.value.suggested_filename == "scholen.yaml"
    assert Path(found.value.path()).read_text("utf-8") == right
