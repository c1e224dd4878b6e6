"""`cadans import`: what it prints, writes and ends with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from django.utils import translation

from cadans.cli.import_ import import_
from cadans.ground.errors import Invalid, NotFound
from cadans.leads.models import Lead
from tests.world import World

Command = Callable[..., Result]


@pytest.fixture
def command(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.setenv("DATABASE_URL", "postgresql://the-tests-own")

    def run(text: str, *arguments: str, kind: str = "leads") -> Result:
        path = tmp_path / "deals.csv"
        path.write_text(text)
        with translation.override("en"):
            result = CliRunner().invoke(import_, [str(path), "--kind", kind, *arguments])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run


def test_it_prints_the_counts_and_ends_with_0(command: Command) -> None:
    result = command("external_id,title\nA,One\nB,Two\n")
    assert result.exit_code == 0
    assert [line.split() for line in result.output.splitlines()] == [
        ["Imported:"],
        ["created", "2"],
        ["updated", "0"],
        ["skipped", "0"],
        ["refused", "0"],
    ]


def test_refused_rows_lie_beside_the_file_and_it_ends_with_1(
    command: Command, tmp_path: Path
) -> None:
    result = command("external_id,title,owner\nA,One,\nB,,\nC,Three,Nieuw Mens\n")
    assert result.exit_code == 1
    assert "Owners made: Nieuw Mens" in result.output
    assert "“title” is empty." in result.output
    refused = (tmp_path / "deals.csv.refused.csv").read_text("utf-8-sig")
    assert refused.splitlines() == ["external_id,title,owner,reason", "B,,,“title” is empty."]
    assert Lead.objects.count() == 2


def test_a_dry_run_says_so_and_keeps_nothing(command: Command) -> None:
    result = command("external_id,title\nA,One\n", "--dry-run")
    assert result.exit_code == 0
    assert "nothing kept" in result.output
    assert not Lead.objects.exists()


def test_it_ends_with_2_and_says_what_to_pass(command: Command) -> None:
    text = "title,opened_at,value\nOne,03/04/2025,1.234\n"
    result = command(text)
    assert result.exit_code == 2
    assert "--dates dmy" in result.output
    assert "--decimals comma" in result.output
    assert command(text, "--dates", "dmy", "--decimals", "comma").exit_code == 0
    assert str(Lead.objects.get().value) == "1234.00"


def test_a_map_file_is_followed(command: Command, tmp_path: Path) -> None:
    (tmp_path / "reps.csv").write_text("Rep,Region\nAnna Smit,Noord\n")
    path = tmp_path / "map.yaml"
    path.write_text(
        "columns:\n  external_id: Nr\n  title: {join: [What, For], with: ' · '}\n"
        "  owner: Rep\n  territory:\n    from: Rep\n"
        "    look_up: {file: reps.csv, match: Rep, take: Region}\n"
        "  status: {from: Phase, values: {Over: lost}, otherwise: open}\n"
        "  opened_at: {constant: '2026-01-01'}\n  closed_at: End\n"
    )
    result = command(
        "Nr,What,For,Rep,Phase,End\n1,Pump,Zon,Anna Smit,Over,2026-02-01\n2,Pump,,Anna Smit,x,\n",
        "--map",
        str(path),
    )
    assert result.exit_code == 0, result.output
    lead = Lead.objects.get(external_id="1")
    assert (lead.title, lead.status, str(lead.territory)) == ("Pump · Zon", "lost", "Noord")
    assert Lead.objects.get(external_id="2").title == "Pump"


@pytest.mark.parametrize(
    ("map_text", "says"),
    [
        ("columns: [", "YAML"),
        ("columns: {title: {from: a, constant: b}}", "exactly one"),
        ("columns: {nonsense: a}", "nonsense"),
        ("columns: {title: zzz}", "zzz"),
        ("kind: people\ncolumns: {name: a}", "people"),
        ("colums: {title: a}", "colums"),
        ("columns: {title: {from: a, look_up: {file: ../x.csv, match: a, take: b}}}", "look_up"),
        ("columns: {title: {from: a, look_up: {file: none.csv, match: a, take: b}}}", "none.csv"),
    ],
)
def test_a_wrong_map_says_what_is_wrong(
    command: Command, tmp_path: Path, map_text: str, says: str
) -> None:
    path = tmp_path / "map.yaml"
    path.write_text(map_text)
    with pytest.raises(Invalid, match=says):
        command("a,b\n1,2\n", "--map", str(path))


def test_a_pipeline_that_is_not_there_is_told(command: Command) -> None:
    with pytest.raises(NotFound):
        command("title\nOne\n", "--pipeline", "nowhere")


def test_a_file_that_is_not_there_is_told(world: World) -> None:
    result = CliRunner().invoke(import_, ["/nowhere/x.csv", "--kind", "leads"])
    assert isinstance(result.exception, Invalid)


def test_people_and_companies_come_in_too(command: Command, world: World) -> None:
    from cadans.contacts.models import Company, Person

    companies = "external_id,name,domain,country,employees\nC1,Zon BV,zon.example,Netherlands,12\n"
    assert command(companies, kind="companies").exit_code == 0
    people = (
        "external_id,name,email,phone,company_domain\nP1,Piet,piet@zon.example,0612,zon.example\n"
        ",Kees,kees@zon.example,,\n,,,,\n,,no address,,\n"
    )
    result = command(people, kind="people")
    assert result.exit_code == 1
    company = Company.objects.get()
    assert (company.domain, company.country, company.employees) == ("zon.example", "NL", 12)
    assert Person.objects.get(external_id="P1").company == company
    assert Person.objects.count() == 2
    assert "skipped          2" in command(people, kind="people").output
    changed = people.replace("0612", "0699")
    assert "updated          1" in command(changed, kind="people").output
