"""A lead's page: what it shows, each change made on it, and each refusal in both languages."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from cadans.ground.custom_fields import CustomField
from cadans.leads import actions
from cadans.leads.models import Activity, Lead
from cadans.process.models import published
from tests.web.reading import HTMX, as_user, texts


@pytest.fixture
def lead(world):
    return world.lead("Bakkerij Zon", owner=world.anna)


@pytest.fixture
def anna(world):
    return as_user(world.anna, "nl")


def post(client, lead, what, /, **fields):
    return client.post(f"/leads/{lead.id}/{what}", fields, headers=HTMX)


def told(response) -> dict:
    events: dict = json.loads(response.get("HX-Trigger", "{}"))
    return events


def test_the_page_shows_where_the_lead_stands_and_what_to_do(anna, lead):
    page = texts(anna.get(f"/leads/{lead.id}/"))
    for part in (
        "0 van 2 doelen",
        "Gesproken",
        "binnen een uur",
        "Eerste belafspraak",
        "verplicht",
    ):
        assert part in page


def test_it_reads_in_english_for_who_reads_english(world, lead):
    page = texts(as_user(world.anna, "en").get(f"/leads/{lead.id}/"))
    for part in ("0 of 2 goals", "Spoken to", "within the hour", "First call", "required"):
        assert part in page


def test_a_lead_that_is_not_there_is_not_found(anna):
    assert anna.get("/leads/01a20d0f-b927-7760-8e30-f13220396a85/").status_code == 404
    assert anna.get("/leads/nonsense/").status_code == 404


def test_what_a_rep_may_not_see_is_not_found(world, lead):
    world.organisation.leads_seen_by_reps = "own"
    world.organisation.save()
    bram = as_user(world.bram)
    for what in ("", "live/", "story/", "log/", "lose/", "fields/title/", "people/", "products/"):
        assert bram.get(f"/leads/{lead.id}/{what}").status_code == 404, what
    for what in ("win/", "move/", "goals/reached/", "tasks/", "delete/", "fields/title/"):
        assert post(bram, lead, what, stage="demo", title="x").status_code == 404, what


@pytest.mark.parametrize("events", [3, 30])
def test_the_page_asks_the_same_of_short_and_long_histories(
    anna, world, lead, events, django_assert_num_queries
):
    for n in range(events):
        actions.log_activity(world.anna, lead, kind="note", note=f"Notitie {n}")
        actions.add_task(world.anna, lead, name=f"Taak {n}")
    anna.get(f"/leads/{lead.id}/")
    with django_assert_num_queries(21):
        anna.get(f"/leads/{lead.id}/")


def test_a_quiet_moment_costs_five_queries(anna, lead, django_assert_num_queries):
    token = anna.get(f"/leads/{lead.id}/live/?token=")["X-Live-Token"]
    with django_assert_num_queries(5):
        assert anna.get(f"/leads/{lead.id}/live/?token={token}").status_code == 204


def test_other_stages_can_be_looked_at(anna, lead):
    page = texts(anna.get(f"/leads/{lead.id}/stages/proposal/", headers=HTMX))
    assert "Akkoord op hoofdlijnen" in page
    assert "Zet de lead hierheen" in page
    assert anna.get(f"/leads/{lead.id}/stages/nonsense/").status_code == 404


def test_the_timeline_goes_back_as_far_as_one_asks(anna, world, lead):
    for n in range(45):
        actions.log_activity(world.anna, lead, kind="note", note=f"Notitie nummer {n}.")
    page = anna.get(f"/leads/{lead.id}/").content.decode()
    assert "Notitie nummer 44." in page
    assert "Notitie nummer 0." not in page
    before = page.split("story/?before=")[1][:36]
    assert "Notitie nummer 0." in texts(anna.get(f"/leads/{lead.id}/story/?before={before}"))


def test_a_note_cannot_carry_a_script(anna, world, lead):
    actions.log_activity(world.anna, lead, kind="note", note="<script>alert(1)</script> **vet**")
    page = anna.get(f"/leads/{lead.id}/").content.decode()
    assert "<script>alert" not in page
    assert "<strong>vet</strong>" in page


# ── moves ───────────────────────────────────────────────────────────────────────────────────


def test_moving_by_hand(anna, world, lead):
    response = post(anna, lead, "move/", stage=str(world.stages["demo"].id))
    assert response.status_code == 204
    assert told(response)["toast"]["undo_url"] == f"/leads/{lead.id}/move/new/"
    assert world.stage_of(lead) == "demo"


def test_a_reason_is_asked_for_in_the_side_panel(anna, world, lead):
    world.put_in(lead, "proposal")
    response = post(anna, lead, "move/", stage="contract")
    assert response.status_code == 409
    url = told(response)["drawer-open"]["url"]
    assert "Voorstel verstuurd" in texts(anna.get(url, headers=HTMX))
    refused = post(anna, lead, "move/", stage="contract", reason=" ")
    assert refused.status_code == 422
    assert "Zeg waarom" in texts(refused)
    assert post(anna, lead, "move/", stage="contract", reason="Haast").status_code == 204
    assert world.stage_of(lead) == "contract"


def test_a_block_holds_a_rep_and_asks_a_manager(world, lead):
    document = world.pipeline.version.document
    document["stages"][0]["enforcement"] = "block"
    world.pipeline.version.document = document
    world.pipeline.version.save()
    published.cache_clear()
    refused = post(as_user(world.anna, "nl"), lead, "move/", stage="demo")
    assert refused.status_code == 409
    assert "kan pas verlaten worden" in told(refused)["toast"]["text"]
    asked = post(as_user(world.manager, "en"), lead, "move/", stage="demo")
    assert "drawer-open" in told(asked)
    assert world.stage_of(lead) == "new"
    published.cache_clear()


@pytest.mark.parametrize(("language", "words"), [("nl", "hoort bij"), ("en", "has no stage")])
def test_an_unknown_stage_is_refused_in_words(world, lead, language, words):
    response = post(as_user(world.anna, language), lead, "move/", stage="nonsense")
    assert response.status_code == 422
    text = told(response)["toast"]["text"]
    assert words in text or "heeft geen fase" in text


def test_winning_losing_and_reopening(anna, world, lead):
    assert post(anna, lead, "win/").status_code == 204
    assert Lead.objects.get(id=lead.id).status == "won"
    assert post(anna, lead, "win/").status_code == 409
    assert post(anna, lead, "reopen/").status_code == 204
    assert post(anna, lead, "lose/").status_code == 422
    assert post(anna, lead, "lose/", reason=world.too_expensive.id).status_code == 204
    assert Lead.objects.get(id=lead.id).loss_reason == world.too_expensive
    assert "Te duur" in texts(anna.get(f"/leads/{lead.id}/"))


def test_losing_without_any_reasons_is_possible(anna, world, lead):
    world.too_expensive.delete()
    assert "nog geen verliesredenen" in texts(anna.get(f"/leads/{lead.id}/lose/", headers=HTMX))
    assert post(anna, lead, "lose/").status_code == 204


def test_cancelling_assigning_and_deleting(anna, world, lead):
    assert post(anna, lead, "assign/", owner=world.bram.id).status_code == 204
    assert Lead.objects.get(id=lead.id).owner == world.bram
    assert post(anna, lead, "assign/", owner="nonsense").status_code == 422
    assert post(anna, lead, "cancel/").status_code == 204
    assert "Verwijderen" in texts(anna.get(f"/leads/{lead.id}/delete/", headers=HTMX))
    gone = post(anna, lead, "delete/")
    assert gone["HX-Redirect"] == "/leads/"
    assert anna.get(f"/leads/{lead.id}/").status_code == 404


# ── work ────────────────────────────────────────────────────────────────────────────────────


def test_logging_what_meets_the_goals_says_that_the_lead_went_on(anna, world, lead):
    actions.change_lead(world.anna, lead, changes={"value": 100})
    response = post(anna, lead, "log/", kind="call", outcome="reached", note="Ja")
    assert response.status_code == 200
    assert "ging door naar “Demo”" in told(response)["toast"]["text"]
    assert world.stage_of(lead) == "demo"


@pytest.mark.parametrize(
    ("language", "fields", "message"),
    [
        ("nl", {"kind": "dans"}, "Selecteer een geldige keuze"),
        ("en", {"kind": "dance"}, "Select a valid choice"),
        ("nl", {"kind": "call", "outcome": "x"}, "Selecteer een geldige keuze"),
        ("nl", {"kind": "call", "at": "gisteren"}, "geldige datum"),
        ("en", {"kind": "call", "at": "yesterday"}, "valid date"),
        ("nl", {"kind": "call", "at": "1996-10-14T09:00"}, "meer dan tien jaar met vandaag"),
        ("en", {"kind": "note", "note": "x" * 20_001}, "at most 20000 characters"),
    ],
)
def test_what_is_wrong_with_an_activity_is_told_at_the_field(
    world, lead, language, fields, message
):
    response = post(as_user(world.anna, language), lead, "log/", **fields)
    assert response.status_code == 422
    assert message in texts(response)
    assert not lead.activities.exists()


def test_logging_from_today_ticks_the_task(anna, world, lead):
    task = world.task(lead, "first_call")
    response = post(anna, lead, f"log/?task={task.id}", kind="call", drawer="1")
    assert (response.status_code, "drawer-close" in told(response)) == (204, True)
    assert world.task(lead, "first_call").state == "done"


def test_a_moment_to_come_is_a_plan(anna, lead):
    at = (timezone.localtime() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    response = post(anna, lead, "log/", kind="meeting", at=at)
    assert told(response)["toast"]["text"] == "Gepland."
    assert lead.activities.get().held is False


@pytest.fixture
def meeting(world, lead):
    soon = timezone.now() + timedelta(days=3)
    return actions.log_activity(world.anna, lead, kind="meeting", at=soon)


def test_a_plan_waits_on_the_page_and_is_held_there(anna, lead, meeting):
    assert "Wijzigen" in texts(anna.get(f"/leads/{lead.id}/")).split("Taken")[0]
    Activity.objects.update(at=timezone.now() - timedelta(hours=2))
    page = texts(anna.get(f"/leads/{lead.id}/"))
    assert "Hoe ging het?" in page
    path = f"planned/{meeting.id}/"
    panel = texts(anna.get(f"/leads/{lead.id}/{path}", headers=HTMX))
    assert "Het ging door" in panel
    answer = post(anna, lead, path, what="held", outcome="positive", note="Ze willen door.")
    assert (answer.status_code, told(answer)["toast"]["text"]) == (204, "Vastgelegd.")
    page = texts(anna.get(f"/leads/{lead.id}/"))
    assert "Hoe ging het?" not in page
    assert page.count("Ze willen door.") == 1
    assert "Anna Smit had een afspraak. Ging goed." in page


def test_a_plan_is_moved(anna, lead, meeting):
    path = f"planned/{meeting.id}/"
    answer = post(anna, lead, path, what="moved", to="")
    assert answer.status_code == 422
    assert "Kies het nieuwe moment." in answer.content.decode()
    answer = post(anna, lead, path, what="moved", to="2020-01-01T10:00")
    assert answer.status_code == 422
    assert "nog moet komen" in answer.content.decode()
    to = timezone.localtime(timezone.now() + timedelta(days=9)).strftime("%Y-%m-%dT10:00")
    answer = post(anna, lead, path, what="moved", to=to)
    assert told(answer)["toast"]["text"].startswith("Gepland op ")


def test_a_plan_is_called_off(anna, lead, meeting):
    answer = post(anna, lead, f"planned/{meeting.id}/", what="off", reason="Ziek")
    assert told(answer)["toast"]["text"] == "Afgezegd."
    page = texts(anna.get(f"/leads/{lead.id}/"))
    assert "ging niet door, noteerde Anna Smit. Reden: “Ziek”." in page
    refused = post(anna, lead, f"planned/{meeting.id}/", what="held")
    assert refused.status_code == 422
    assert "Dit is afgezegd." in refused.content.decode()


def test_a_plan_of_another_lead_is_not_found(anna, world, meeting):
    other = world.lead()
    assert anna.get(f"/leads/{other.id}/planned/{meeting.id}/").status_code == 404


def test_where_the_decision_is_asked_for_the_page_says_so(anna, world, lead):
    assert "vraag je om het besluit" not in texts(anna.get(f"/leads/{lead.id}/"))
    world.put_in(lead, "proposal")
    assert "Hier vraag je om het besluit." in texts(anna.get(f"/leads/{lead.id}/"))
    actions.log_activity(world.anna, lead, kind="ask")
    page = texts(anna.get(f"/leads/{lead.id}/"))
    assert "Hier vraag je om het besluit." not in page
    assert "Om het besluit gevraagd op" in page


def test_what_is_missing_is_said_when_it_is_one_thing(world):
    lead = world.lead(owner=world.anna)
    page = texts(as_user(world.anna).get(f"/leads/{lead.id}/"))
    assert "ontbreekt nog" not in page
    world.call(lead)
    page = texts(as_user(world.anna).get(f"/leads/{lead.id}/"))
    assert "Alleen “Waarde bekend” ontbreekt nog." in page
    document = world.pipeline.version.document
    document["stages"][0]["goals"][1] = {
        "key": "who",
        "kind": "person",
        "role": "decision_maker",
        "name": {"nl": "Beslisser bekend"},
    }
    world.pipeline.version.save()
    published.cache_clear()
    answer = as_user(world.anna).get(f"/leads/{lead.id}/")
    assert "Alleen de beslisser ontbreekt nog." in texts(answer)
    assert f"/leads/{lead.id}/people/?role=decision_maker" in answer.content.decode()
    form = as_user(world.anna).get(f"/leads/{lead.id}/people/?role=decision_maker", headers=HTMX)
    assert form.context["form"]["role"].initial == "decision_maker"


def test_a_box_is_ticked_and_unticked(anna, world, lead):
    world.put_in(lead, "proposal")
    assert post(anna, lead, "goals/agreed/").status_code == 204
    assert lead.ticks.count() == 1
    assert post(anna, lead, "goals/agreed/").status_code == 204
    assert lead.ticks.count() == 0
    assert post(anna, lead, "goals/sent/").status_code == 422


def test_tasks_are_added_changed_done_and_skipped(anna, world, lead):
    response = post(anna, lead, "tasks/", name="Bel de directeur", kind="call", assignee="")
    assert response.status_code == 200
    task = lead.tasks.get(name="Bel de directeur")
    assert task.assignee == world.anna
    wrong = post(anna, lead, "tasks/", name="", kind="call")
    assert (wrong.status_code, "Dit veld is verplicht" in texts(wrong)) == (422, True)
    changed = anna.post(
        f"/tasks/{task.id}/", {"name": "Bel haar", "kind": "call", "assignee": world.bram.id}
    )
    assert changed.status_code == 204
    task.refresh_from_db()
    assert (task.name, task.assignee) == ("Bel haar", world.bram)
    assert anna.post(f"/tasks/{task.id}/done/", headers=HTMX).status_code == 204
    assert anna.post(f"/tasks/{task.id}/skip/", headers=HTMX).status_code == 409
    other = world.task(lead, "look_up")
    assert anna.post(f"/tasks/{other.id}/skip/", headers=HTMX).status_code == 204
    assert anna.post(f"/tasks/{lead.id}/done/", headers=HTMX).status_code == 404


# ── fields ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "fields", "shown"),
    [
        ("title", {"title": "Bakkerij Maan"}, "Bakkerij Maan"),
        ("value", {"value": "1.250,50", "currency": "EUR"}, "€ 1.250,50"),
        ("value", {"value": "1.250", "currency": "EUR"}, "€ 1.250"),
        ("value", {"value": "1250.50", "currency": "USD"}, "US$ 1.250,50"),
        ("value", {"value": ""}, "–"),
        ("expected_close", {"expected_close": "2031-05-04"}, "4 mei 2031"),
        ("company", {"company": "Nieuw BV"}, "Nieuw BV"),
        ("company", {"company": ""}, "–"),
        ("competitor", {"competitor": "Zonnig"}, "Zonnig"),
        ("tags", {"tags": "vip, haast,"}, "haast, vip"),
        ("custom.roof", {"custom": "40,5"}, "40,5"),
    ],
)
def test_each_field_is_changed_in_place(anna, lead, name, fields, shown):
    CustomField.objects.create(
        subject="lead", key="roof", name_nl="Dak", name_en="Roof", kind="number"
    )
    assert anna.get(f"/leads/{lead.id}/fields/{name}/", headers=HTMX).status_code == 200
    response = post(anna, lead, f"fields/{name}/", **fields)
    assert response.status_code == 200
    assert shown in texts(response)
    assert "live-now" in told(response)
    assert shown in texts(anna.get(f"/leads/{lead.id}/"))


@pytest.mark.parametrize(
    ("language", "name", "fields", "message"),
    [
        ("nl", "title", {"title": " "}, "Dit veld is verplicht"),
        ("en", "title", {"title": "x" * 201}, "at most 200 characters"),
        ("nl", "value", {"value": "veel"}, "Vul een bedrag in"),
        ("en", "value", {"value": "-1"}, "greater than or equal to 0"),
        ("nl", "value", {"value": "10", "currency": "XQZ"}, "is geen valuta"),
        ("nl", "value", {"value": "1e99"}, "blijft onder een biljoen"),
        ("en", "expected_close", {"expected_close": "soon"}, "valid date"),
        ("nl", "owner", {"owner": "nonsense"}, "is geen geldig"),
    ],
)
def test_a_wrong_value_is_told_in_place(world, lead, language, name, fields, message):
    client = as_user(world.anna, language)
    response = post(client, lead, f"fields/{name}/", **fields)
    assert response.status_code == 422
    assert message in texts(response)
    assert Lead.objects.get(id=lead.id).revision == lead.revision


def test_a_field_that_is_not_there_is_not_found(anna, lead):
    assert anna.get(f"/leads/{lead.id}/fields/custom.nothing/").status_code == 404
    assert anna.get(f"/leads/{lead.id}/fields/revision/").status_code == 404


def test_what_somebody_else_made_of_it_is_told_first(anna, world, lead):
    actions.change_lead(world.bram, lead, changes={"competitor": "Zonnig"})
    response = post(anna, lead, "fields/competitor/", competitor="Wind", was="")
    assert response.status_code == 422
    assert "Iemand anders maakte hier intussen “Zonnig” van" in texts(response)
    assert (
        post(anna, lead, "fields/competitor/", competitor="Wind", was="Zonnig").status_code == 200
    )


# ── people and products ─────────────────────────────────────────────────────────────────────


def test_people_come_and_go_with_a_role(anna, world, lead):
    response = post(
        anna, lead, "people/", name="Els Baas", email="els@zon.example", role="decision_maker"
    )
    assert response.status_code == 204
    part = lead.parts.get(person__email="els@zon.example")
    assert part.role == "decision_maker"
    assert post(anna, lead, f"people/{part.person_id}/role/", role="user").status_code == 204
    assert post(anna, lead, f"people/{part.person_id}/role/", role="tsar").status_code == 422
    assert post(anna, lead, f"people/{part.person_id}/remove/").status_code == 204
    assert not lead.parts.filter(person=part.person).exists()
    nobody = post(anna, lead, "people/", name="")
    assert (nobody.status_code, "Geef een naam" in texts(nobody)) == (422, True)
    wrong = post(anna, lead, "people/", email="els@")
    assert wrong.status_code == 422


def lines(*rows, **more):
    fields = {"lines-TOTAL_FORMS": len(rows), "lines-INITIAL_FORMS": 0} | more
    for n, row in enumerate(rows):
        fields |= {f"lines-{n}-{name}": value for name, value in row.items()}
    return fields


def test_products_are_set_and_may_make_the_value(anna, world, lead):
    row = {"product": world.pump.id, "quantity": "2", "price": "7.000"}
    assert post(anna, lead, "products/", **lines(row, sets_value="1")).status_code == 204
    lead.refresh_from_db()
    assert lead.value == 14000
    twice = post(anna, lead, "products/", **lines(row, row))
    assert (twice.status_code, "staat er twee keer" in texts(twice)) == (422, True)
    none = post(anna, lead, "products/", **lines({**row, "quantity": "0"}))
    assert (none.status_code, "moet boven 0" in texts(none)) == (422, True)
    assert lead.lines.count() == 1
