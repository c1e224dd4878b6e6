"""`cadans playbook`: files in and out, faults as compilers tell them, and exit codes."""

import json
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cadans.cli.main import cadans
from cadans.playbooks import drafting
from cadans.playbooks.actions import as_document, save_draft
from cadans.playbooks.queries import draft_of
from cadans.process.models import Pipeline
from tests.playbooks.test_files import FILE

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch):
    """Runs `cadans playbook …` on the test database."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://the-tests-own")
    monkeypatch.setattr("cadans.cli.playbook.migrate_database", lambda say: False)

    def run(*words: object, given: str | None = None) -> Result:
        arguments = ["playbook", *(str(one) for one in words)]
        return CliRunner().invoke(cadans, arguments, input=given)

    return run


@pytest.fixture
def file(tmp_path: Path, world) -> Path:
    path = tmp_path / "schools.yaml"
    path.write_bytes(FILE.replace("Binnendienst", world.team.name).replace("\n", "\r\n").encode())
    return path


def test_pipelines_and_templates_are_listed(run, world) -> None:
    shown = run("list").output
    assert "new-customers" in shown
    assert "version 1" in shown
    rows = json.loads(run("list", "--format", "json").output)
    assert rows[0]["kind"] == "pipeline"
    assert rows[0]["version"] == 1
    assert rows[0]["draft_differs"] is False
    assert {one["key"] for one in rows if one["kind"] == "template"} > {"b2b-classic"}


def test_what_is_imported_is_exported_byte_for_byte(run, file) -> None:
    assert run("check", file).output == f"{file}: good\n"
    imported = run("import", file)
    assert imported.exit_code == 0, imported.output
    assert "Made the pipeline “Scholen” (schools)" in imported.output
    out = file.with_name("out.yaml")
    assert run("export", "schools", out).exit_code == 0
    assert out.read_bytes() == file.read_bytes()
    assert [one.name for one in file.parent.iterdir() if one.name.startswith(".")] == []
    assert run("export", "schools").stdout_bytes == file.read_bytes()


def test_a_key_that_is_taken_is_refused_with_what_to_do(run, file) -> None:
    run("import", file)
    again = run("import", file)
    assert again.exit_code == 1
    assert "--pipeline" in again.output
    file.write_text(file.read_text().replace("First talk", "First call"))
    done = run("import", file, "--pipeline", "schools")
    assert done.exit_code == 0, done.output
    assert "Replaced the draft of “Scholen” (schools):" in done.output
    assert "says what it said" in run("import", file, "--pipeline", "schools").output


def test_a_published_version_and_the_draft_are_exported_apart(run, world, file) -> None:
    pipeline = Pipeline.objects.get(key="new-customers")
    changed = drafting.change_stage(as_document(draft_of(pipeline)), "new", {"idle_days": 33})
    save_draft(world.manager, pipeline, document=changed, revision=1)
    assert "idle_days: 33" in run("export", "new-customers", "--draft").output
    assert "idle_days: 33" not in run("export", "new-customers").output
    assert "idle_days: 33" not in run("export", "new-customers", "--version", "1").output
    assert run("export", "new-customers", "--version", "1", "--draft").exit_code == 2
    assert run("export", "b2b-classic", "--template").output.startswith("# A playbook")


def test_faults_are_told_as_compilers_tell_them(run, file) -> None:
    file.write_text(file.read_text().replace("kind: box", "kind: luck"))
    checked = run("check", file)
    assert checked.exit_code == 1
    first, quoted, mark = checked.output.splitlines()
    assert re.fullmatch(rf"{re.escape(str(file))}:9:16: error: There are no goals.*", first)
    assert quoted.index("luck") == mark.index("^")
    refused = run("import", file, "--language", "nl")
    assert refused.exit_code == 1
    assert "Er bestaan geen doelen van de soort “luck”" in refused.output
    assert not Pipeline.objects.filter(key="schools").exists()


def test_warnings_are_told_and_do_not_fail(run, file) -> None:
    file.write_text(file.read_text().replace(", ends_in: won", ""))
    checked = run("check", file)
    assert checked.exit_code == 0
    assert ": warning: " in checked.output


def test_a_file_can_be_checked_where_nobody_is_known(run, file, world) -> None:
    file.write_text(file.read_text().replace(world.team.name, "Team elsewhere"))
    assert run("check", file).exit_code == 1
    assert run("check", "--without-names", file).output == f"{file}: good\n"


def test_a_draft_is_published_and_leads_go_where_the_mapping_says(run, world) -> None:
    lead = world.put_in(world.lead("Zon"), "demo")
    pipeline = Pipeline.objects.get(key="new-customers")
    changed = drafting.remove_stage(as_document(draft_of(pipeline)), "demo")
    save_draft(world.manager, pipeline, document=changed, revision=1)
    refused = run("publish", "new-customers")
    assert refused.exit_code == 1
    assert "--mapping demo=STAGE, where STAGE is one of: new, proposal, contract" in refused.output
    assert run("publish", "new-customers", "--mapping", "demo").exit_code == 2
    words = shlex.split("new-customers --mapping demo=proposal --note 'Geen demo meer'")
    done = run("publish", *words)
    assert done.output == "Version 2 of “Nieuwe klanten” is live.\n"
    assert world.stage_of(lead) == "proposal"
    assert Pipeline.objects.get(key="new-customers").version.note == "Geen demo meer"


def test_a_file_comes_from_standard_input_too(run, file) -> None:
    assert run("import", "-", given=file.read_bytes().decode()).exit_code == 0


def test_the_schema_is_printed(run, tmp_path: Path) -> None:
    assert json.loads(run("schema").output)["properties"]["stages"]
    assert run("schema", tmp_path / "s.json").exit_code == 0
    assert json.loads((tmp_path / "s.json").read_text())["$defs"]


def test_what_is_not_there_is_said(run, tmp_path: Path, world) -> None:
    for words in (["export", "nowhere"], ["publish", "nowhere"], ["export", "x", "--template"]):
        assert run(*words).exit_code == 1
    missing = run("import", tmp_path / "none.yaml")
    assert missing.exit_code == 1
