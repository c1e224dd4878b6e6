"""Leads from files: made, updated, skipped, refused; and told by the log as by the tables."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from cadans.contacts.models import Company, Person
from cadans.events.models import Event
from cadans.exchange.actions import Ambiguous
from cadans.exchange.models import ImportedRow, ImportRun
from cadans.ground.errors import Invalid
from cadans.leads import actions
from cadans.leads.models import Closing, Lead, LossReason, Product, StageVisit
from cadans.process.models import Pipeline
from cadans.team.models import User
from tests.retold import assert_replay_equals_tables
from tests.world import World

Importing = Callable[..., ImportRun]
Reasons = Callable[[ImportRun], list[str]]

HEADER = (
    "external_id,title,pipeline,stage,status,value,currency,owner,company,company_domain,country,"
    "person_name,person_email,source,product,territory,opened_at,closed_at,expected_close,"
    "lost_reason\n"
)
FULL = (
    HEADER
    + "L1,Warm huis,new-customers,new,open,1250.50,EUR,anna@brouwer.example,"
    + "Bakker BV,bakker.example,NL,"
    + "Piet Bakker,piet@bakker.example,Website,Warmtepomp 8 kW,Noord,2026-01-10,,2026-06-30,\n"
    + "L2,Koud huis,,,lost,900,,Bram Mulder,Bakker BV,bakker.example,,,,Beurs,Ketel,,2026-01-11,"
    + "2026-02-01,,Te duur\n"
    + "L3,Groot huis,Nieuwe klanten,,won,5000,USD,Iemand Anders,,,,Kees,,,,,2026-01-12T09:00:00Z,"
    + "2026-02-02T10:00:00+01:00,,\n"
)


def test_a_whole_row_becomes_a_whole_lead(world: World, take_in: Importing) -> None:
    run = take_in(FULL)
    assert run.counts == {"created": 3, "updated": 0, "skipped": 0, "refused": 0}
    lead = Lead.objects.get(external_id="L1")
    assert (lead.title, lead.status, lead.value, lead.currency) == (
        "Warm huis",
        "open",
        Decimal("1250.50"),
        "EUR",
    )
    assert lead.owner == world.anna
    assert lead.company is not None
    assert (lead.company.name, lead.company.domain, lead.company.country) == (
        "Bakker BV",
        "bakker.example",
        "NL",
    )
    assert lead.parts.get().person.email == "piet@bakker.example"
    assert lead.parts.get().is_first
    assert lead.lines.get().product == world.pump
    assert lead.source == world.website
    assert str(lead.territory) == "Noord"
    assert lead.opened_at == datetime(2026, 1, 9, 23, 0, tzinfo=UTC)
    assert str(lead.expected_close) == "2026-06-30"
    visit = lead.visits.get()
    assert (visit.stage.key, visit.entered_at, visit.left_at) == ("new", lead.opened_at, None)
    assert lead.tasks.count() == 0


def test_closed_leads_get_their_closing_and_their_stay(world: World, take_in: Importing) -> None:
    take_in(FULL)
    lost = Lead.objects.get(external_id="L2")
    closing = lost.closings.get()
    assert (closing.status, closing.at, closing.owner, closing.worth) == (
        "lost",
        lost.closed_at,
        world.bram,
        Decimal(900),
    )
    assert closing.reason == world.too_expensive
    assert [(one.stage.key, one.how, one.left_at) for one in lost.visits.all()] == [
        ("new", "lost", lost.closed_at)
    ]
    won = Lead.objects.get(external_id="L3")
    assert won.stage.key == "won"
    stays = [(one.stage.key, one.how) for one in won.visits.order_by("entered_at", "id")]
    assert stays == [("new", "won"), ("won", "won")]
    assert won.closings.get().worth is None  # no rate for dollars
    assert_replay_equals_tables()


def test_what_is_unknown_is_made_and_told(world: World, take_in: Importing) -> None:
    run = take_in(FULL)
    assert run.findings == {
        "owners": {"Iemand Anders": 1},
        "products": {"Ketel": 1},
        "sources": {"Beurs": 1},
        "territories": {"Noord": 1},
    }
    user = User.objects.get(name="Iemand Anders")
    assert not user.is_active
    assert not user.has_usable_password()
    assert user.email.endswith("@imported.invalid")
    assert Company.objects.filter(name="Bakker BV").count() == 1
    assert Event.objects.filter(kind="user_added", via="import").exists()


def test_what_may_not_be_made_refuses_its_rows(
    world: World, take_in: Importing, refusals: Reasons
) -> None:
    run = take_in(FULL, make=["territories", "sources"])
    assert run.counts == {"created": 1, "updated": 0, "skipped": 0, "refused": 2}
    assert ["Ketel" in reason or "Iemand Anders" in reason for reason in refusals(run)] == [
        True
    ] * 2
    assert not Product.objects.filter(name="Ketel").exists()


def test_a_trial_keeps_nothing(world: World, take_in: Importing) -> None:
    run = take_in(FULL, trial=True)
    assert run.state == "tried"
    assert run.counts == {"created": 3, "updated": 0, "skipped": 0, "refused": 0}
    assert run.findings["owners"] == {"Iemand Anders": 1}
    assert not Lead.objects.exists()
    assert not ImportedRow.objects.exists()
    assert not Company.objects.exists()
    assert not Event.objects.exists()


def test_the_same_again_is_skipped_even_after_somebody_worked_on_it(
    world: World, take_in: Importing
) -> None:
    take_in(FULL)
    lead = Lead.objects.get(external_id="L1")
    actions.change_lead(world.manager, lead, changes={"title": "Beter"})
    run = take_in(FULL)
    assert run.counts == {"created": 0, "updated": 0, "skipped": 3, "refused": 0}
    lead.refresh_from_db()
    assert lead.title == "Beter"


def test_rows_without_an_id_are_recognised_by_what_they_say(
    world: World, take_in: Importing
) -> None:
    text = "title,value\nOne,1\nTwo,2\nOne,1\n"
    assert take_in(text).counts == {"created": 2, "updated": 0, "skipped": 1, "refused": 0}
    assert take_in(text).counts == {"created": 0, "updated": 0, "skipped": 3, "refused": 0}


def test_a_deleted_lead_comes_back(world: World, take_in: Importing) -> None:
    take_in("external_id,title\nA,One\n")
    actions.delete_lead(world.manager, Lead.objects.get())
    assert take_in("external_id,title\nA,One\n").created == 1


def test_a_row_that_differs_updates(world: World, take_in: Importing) -> None:
    take_in(FULL)
    changed = FULL.replace("Warm huis", "Warmer huis").replace("1250.50", "2000")
    run = take_in(changed.replace("anna@brouwer.example", "Chris de Wit"))
    assert run.counts == {"created": 0, "updated": 1, "skipped": 2, "refused": 0}
    lead = Lead.objects.get(external_id="L1")
    assert (lead.title, lead.value, lead.owner) == ("Warmer huis", Decimal(2000), world.chris)
    event = Event.objects.get(lead=lead.id, kind="lead_changed")
    assert event.data["changes"]["value"] == ["1250.50", "2000.00"]
    assert_replay_equals_tables()


def test_a_blank_cell_changes_nothing(world: World, take_in: Importing) -> None:
    take_in("external_id,title,value\nA,One,5\n")
    run = take_in("external_id,title,value,source\nA,One,,Website\n")
    assert run.updated == 1
    lead = Lead.objects.get()
    assert (lead.value, lead.source) == (Decimal(5), world.website)


@pytest.mark.parametrize(
    ("second", "status", "stays"),
    [
        ("A,One,won,,2026-01-10,2026-02-01", "won", ["new:won", "won:won"]),
        ("A,One,lost,,2026-01-10,2026-02-01", "lost", ["new:lost"]),
        ("A,One,cancelled,,2026-01-10,2026-02-01", "cancelled", ["new:cancelled"]),
        ("A,One,open,proposal,2026-01-10,", "open", ["new:moved", "proposal:"]),
    ],
)
def test_an_open_lead_follows_its_row(
    world: World, take_in: Importing, second: str, status: str, stays: list[str]
) -> None:
    header = "external_id,title,status,stage,opened_at,closed_at\n"
    take_in(header + "A,One,open,,2026-01-10,\n")
    assert take_in(f"{header}{second}\n").updated == 1
    lead = Lead.objects.get()
    assert lead.status == status
    told = [f"{one.stage.key}:{one.how}" for one in lead.visits.order_by("entered_at", "id")]
    assert told == stays
    assert_replay_equals_tables()


def test_a_closed_lead_is_reopened_or_closed_otherwise(world: World, take_in: Importing) -> None:
    header = "external_id,title,status,opened_at,closed_at\n"
    take_in(header + "A,One,lost,2026-01-10,2026-02-01\n")
    take_in(header + "A,One,open,2026-01-10,\n")
    assert Lead.objects.get().is_open
    assert not Closing.objects.standing().exists()
    assert_replay_equals_tables()
    today = timezone.localdate().isoformat()
    run = take_in(f"{header}A,One,won,2026-01-10,{today}\n")  # a day, the same on which it reopened
    assert (run.updated, run.reasons) == (1, {})
    assert Closing.objects.standing().get().status == "won"
    assert_replay_equals_tables()


def test_a_closing_is_corrected(world: World, take_in: Importing) -> None:
    header = "external_id,title,status,opened_at,closed_at\n"
    take_in(header + "A,One,won,2026-01-10,2026-02-01\n")
    run = take_in(header + "A,One,lost,2026-01-10,2026-02-03\n")
    assert run.updated == 1
    closing = Closing.objects.standing().get()
    assert (closing.status, closing.at.day) == ("lost", 2)  # midnight in Amsterdam
    assert_replay_equals_tables()


def test_leftover_tasks_are_skipped_when_a_row_moves_the_lead_on(
    world: World, take_in: Importing
) -> None:
    lead = world.lead("Zon", external_id="A")
    assert lead.tasks.filter(state="open").exists()
    take_in("external_id,title,stage\nA,Zon,proposal\n")
    assert not lead.tasks.filter(state="open").exclude(key="").exists()
    assert "task_skipped" in world.kinds(lead)


BAD = [
    ("A,One,,nergens,open,,,,,", "nergens"),
    ("A,One,nergens,,open,,,,,", "nergens"),
    ("A,One,,,misschien,,,,,", "misschien"),
    ("A,One,,,won,,,,2026-02-01,2026-01-01", "voordat hij geopend"),
    ("A,One,,,won,,,,2026-02-01,", "dag nodig waarop hij gesloten"),
    ("A,One,,,lost,,,,,2026-01-01", "dag nodig waarop hij geopend"),
    ("A,One,,,open,,,,2026-02-01,2026-03-01", "zijn status zegt dat niet"),
    ("A,One,,won,lost,,,,2026-02-01,2026-03-01", "won"),
    ("A,One,,,open,-5,,,,", "-5"),
    ("A,One,,,open,veel,,,,", "veel"),
    ("A,One,,,open,5,XYZ,,,", "XYZ"),
    ("A,One,,,open,99999999999999,,,,", "99999999999999"),
    ("A,One,,,open,,,,2026-02-31,", "2026-02-31"),
    ("A,One,,,open,,,,2099-01-01,", "2099"),
    ("A,,,,open,,,,,", "title"),
    (f"A,{'x' * 201},,,open,,,,,", "201"),
    (f"{'x' * 121},One,,,open,,,,,", "121"),
    ("A,One,,,open,,,,,,extra", "11"),
]


@pytest.mark.parametrize(("row", "says"), BAD)
def test_a_bad_row_is_refused_and_says_why(
    world: World, take_in: Importing, row: str, says: str
) -> None:
    header = "external_id,title,pipeline,stage,status,value,currency,owner,opened_at,closed_at\n"
    run = take_in(f"{header}{row}\nB,Two,,,open,,,,,\n", decimals="point")
    assert run.counts == {"created": 1, "updated": 0, "skipped": 0, "refused": 1}
    (reason,) = run.reasons
    assert says in reason
    assert Lead.objects.get().external_id == "B"
    with Path(run.refused_file).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0][:2] == ["external_id", "title"]
    assert rows[1][-1] == reason


def test_a_stage_of_another_pipeline_is_told_apart(world: World, take_in: Importing) -> None:
    other = {
        "format": 1,
        "stages": [{"key": "elders", "name": {"nl": "Elders", "en": "Elsewhere"}}],
    }
    pipeline = Pipeline.objects.create(key="other", name="Anders", draft=other)
    version = pipeline.versions.create(number=1, document=other)
    pipeline.stages.create(key="elders", name={"nl": "Elders"}, position=0)
    pipeline.version = version
    pipeline.save()
    run = take_in("title,stage\nOne,Elders\n")
    assert "Anders" in next(iter(run.reasons))
    assert take_in("title,stage,pipeline\nOne,Elders,Anders\n").created == 1


def test_two_users_of_one_name_are_not_guessed_between(world: World, take_in: Importing) -> None:
    User.objects.create(name="Anna Smit", email="other@brouwer.example")
    run = take_in("title,owner\nOne,anna smit\nTwo,other@brouwer.example\n")
    assert (run.created, run.refused) == (1, 1)


def test_formulas_are_harmless_in_the_refused_file(world: World, take_in: Importing) -> None:
    run = take_in('title,status,company\nOne,nope,"=HYPERLINK(""x"")"\nTwo,nope,-5\n')
    lines = Path(run.refused_file).read_text("utf-8-sig").splitlines()
    assert "'=HYPERLINK" in lines[1]
    assert ",-5," in lines[2]


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("title,opened_at\nA,03/04/2025\n", ["dates"]),
        ("title,value\nA,1.234\n", ["decimals"]),
        ("title,opened_at,value\nA,03/04/2025,1.234\n", ["dates", "decimals"]),
    ],
)
def test_what_the_file_does_not_settle_is_asked(
    world: World, take_in: Importing, text: str, asks: list[str]
) -> None:
    with pytest.raises(Ambiguous) as question:
        take_in(text)
    assert question.value.asks == asks
    assert not Lead.objects.exists()
    assert ImportRun.objects.get().state == "failed"
    run = take_in(text, dates="dmy", decimals="comma")
    assert run.created == 1


def test_a_file_whose_columns_nobody_knows_is_refused_as_a_whole(
    world: World, take_in: Importing
) -> None:
    with pytest.raises(Invalid, match="zzz"):
        take_in("zzz,yyy\n1,2\n")


def test_a_header_alone_imports_nothing(world: World, take_in: Importing) -> None:
    assert take_in("title,value\n").counts == dict.fromkeys(
        ("created", "updated", "skipped", "refused"), 0
    )


def test_people_and_companies_are_found_again(world: World, take_in: Importing) -> None:
    text = (
        "title,company,company_domain,person_name,person_email\n"
        "One,Zon BV,www.zon.example,Piet,PIET@zon.example\n"
        "Two,ZON bv,,Piet,\n"
        "Three,Zon BV,https://zon.example/contact,,piet@zon.example\n"
    )
    take_in(text)
    assert Company.objects.count() == 1
    assert Person.objects.filter(email="piet@zon.example").count() == 1
    assert Person.objects.count() == 2  # the second row's Piet has no address to know him by


def test_chunks_cut_a_file_without_a_seam(
    world: World, take_in: Importing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cadans.exchange.actions.running.CHUNK", 3)
    rows = "".join(f"X{n % 7},Lead {n},Source {n % 4}\n" for n in range(20))
    run = take_in("external_id,title,source\n" + rows)
    assert run.counts == {"created": 7, "updated": 13, "skipped": 0, "refused": 0}
    assert Lead.objects.get(external_id="X6").title == "Lead 13"
    assert_replay_equals_tables()


def test_an_interrupted_import_goes_on_where_it_stopped(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cadans.exchange.actions import run_import

    monkeypatch.setattr("cadans.exchange.actions.running.CHUNK", 4)
    path = tmp_path / "file.csv"
    rows = "".join(f"X{n},Lead {n},{'nope' if n % 5 == 0 else 'open'}\n" for n in range(12))
    path.write_text("external_id,title,status\n" + rows)
    run = ImportRun(kind="leads", file=str(path), file_name="file.csv", started_by=world.manager)

    class Killed(Exception):
        pass

    def stop(now: Any) -> None:
        if now.lines_done >= 9:
            raise Killed

    with pytest.raises(Killed):
        run_import(run, watch=stop)
    left = ImportRun.objects.get()
    assert (left.state, left.lines_done, left.created) == ("running", 9, 6)
    with Path(left.refused_file).open("a") as file:
        file.write("half a row that was not committed")
    run_import(left)
    assert left.counts == {"created": 9, "updated": 0, "skipped": 0, "refused": 3}
    assert Lead.objects.count() == 9
    assert len(Path(left.refused_file).read_text("utf-8-sig").splitlines()) == 4


def test_reasons_of_loss_are_made_in_one_case_of_letters(world: World, take_in: Importing) -> None:
    take_in(
        "title,status,opened_at,closed_at,lost_reason\n"
        "A,lost,2026-01-01,2026-01-02,Geen budget\nB,lost,2026-01-01,2026-01-02,geen BUDGET\n"
    )
    assert LossReason.objects.filter(name__iexact="geen budget").count() == 1
    assert StageVisit.objects.count() == 2


def test_a_refusal_names_the_column_as_the_file_does(
    world: World, take_in: Importing, refusals: Reasons
) -> None:
    mapping = {"columns": {"title": {"from": "Naam"}, "value": {"from": "Bedrag (excl.)"}}}
    run = take_in("Naam;Bedrag (excl.)\nEen;veel\n", mapping=mapping, decimals="comma")
    assert refusals(run) == ["“Bedrag (excl.)” is geen bedrag: “veel”."]
