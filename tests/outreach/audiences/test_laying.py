"""What happens to a lead lays what should be on mailing lists, by the version it follows."""

import pytest

from cadans.contacts.drafts import PersonDraft
from cadans.events.models import Event
from cadans.leads import actions
from cadans.leads.drafts import PartDraft
from cadans.leads.models import Lead
from cadans.outreach.audiences.jobs import lay_audiences
from cadans.outreach.audiences.laying import lay_for
from cadans.outreach.models.audiences import Membership
from cadans.process.models import ProcessVersion, published
from cadans.reactions import REACTIONS

pytestmark = pytest.mark.django_db

KINDS = ("stage_entered", "stage_left", "lead_person_set")


def design(world, **by_stage):
    """The live version with audience steps in some of its stages."""
    version = ProcessVersion.objects.get()
    document = world.pipeline.draft
    for stage in document["stages"]:
        stage["audiences"] = [
            {"key": f"s{n}", "audience": "nieuwsbrief", **step}
            for n, step in enumerate(by_stage.get(stage["key"], []))
        ]
    ProcessVersion.objects.filter(id=version.id).update(document=document)
    published.cache_clear()


def react(lead: Lead, since=0) -> int:
    """What the jobs do that follow from the lead's events, in order; how many events there are."""
    events = list(Event.objects.filter(lead=lead.id, kind__in=KINDS).order_by("id"))
    for event in events[since:]:
        lay_for(event)
    return len(events)


def wants(email: str) -> tuple[str, dict[str, bool]]:
    one = Membership.objects.get(email=email)
    return one.wanted, one.tags


def test_who_comes_into_a_stage_is_enrolled_and_the_reason_is_kept(world, desk):
    design(world, new=[{"tags": ["prospect"]}])
    lead = world.lead()
    react(lead)
    one = Membership.objects.get(email="p1@bedrijf1.example")
    assert (one.wanted, one.tags) == ("subscribed", {"prospect": True})
    because = one.because
    assert (because["stage"], because["step"], because["version"]) == ("new", "s0", 1)
    assert because["lead"] == str(lead.id)
    assert one.person.parts.get().lead_id == lead.id


def test_leaving_takes_off_and_the_next_stage_has_the_last_word(world, desk):
    design(
        world,
        new=[{}, {"do": "archive", "when": "leaving"}],
        demo=[{"tags": ["demo"]}],
    )
    lead = world.lead()
    done = react(lead)
    world.put_in(lead, "demo")
    react(lead, done)
    assert wants("p1@bedrijf1.example") == ("subscribed", {"demo": True})


def test_winning_and_losing_from_a_stage(world, desk):
    design(
        world,
        new=[{"when": "won", "tags": ["klant"]}, {"when": "lost", "do": "archive"}],
        won=[{"when": "entering", "tags": ["onboarding"]}],
    )
    won, lost = world.lead(), world.lead()
    actions.win_lead(world.manager, won)
    actions.lose_lead(world.manager, lost, reason=world.too_expensive)
    react(won)
    react(lost)
    assert wants("p1@bedrijf1.example") == ("subscribed", {"klant": True, "onboarding": True})
    assert wants("p2@bedrijf2.example")[0] == "archived"


def test_only_people_with_the_role_and_an_address(world, desk):
    design(world, new=[{"roles": ["decision_maker"]}])
    lead = world.lead(
        people=[
            PartDraft(PersonDraft(email="baas@zon.nl"), role="decision_maker"),
            PartDraft(PersonDraft(email="lid@zon.nl"), role="user"),
            PartDraft(PersonDraft(name="Zonder Adres"), role="decision_maker"),
        ]
    )
    react(lead)
    assert list(Membership.objects.values_list("email", flat=True)) == ["baas@zon.nl"]


def test_who_joins_the_lead_later_is_enrolled_too(world, desk):
    design(world, new=[{}])
    lead = world.lead()
    done = react(lead)
    actions.add_person_to_lead(world.manager, lead, person=PersonDraft(email="later@zon.nl"))
    react(lead, done)
    assert wants("later@zon.nl")[0] == "subscribed"


def test_a_list_that_is_not_there_is_passed_over(world, desk):
    design(world, new=[{"audience": "elders"}])
    react(world.lead())
    assert not Membership.objects.exists()


def test_a_job_that_runs_twice_asks_once(world, desk):
    design(world, new=[{}])
    lead = world.lead()
    event = Event.objects.get(lead=lead.id, kind="stage_entered")
    lay_audiences(event=str(event.id), subject=str(lead.id))
    lay_audiences(event=str(event.id), subject=str(lead.id))
    assert Membership.objects.get().revision == 1


def test_the_table_of_reactions_names_the_job(db):
    assert all(lay_audiences in REACTIONS[kind] for kind in KINDS)


def test_from_a_move_to_the_list(world, desk):
    design(world, new=[{"tags": ["nl"]}])
    lead = world.lead(people=[PartDraft(PersonDraft(email="jan@zon.nl", name="Jan de Wit"))])
    react(lead)
    desk.reconcile()
    assert desk.there("jan@zon.nl") == "subscribed"
    member = next(iter(desk.list.members.values()))
    assert member.merges == {"FNAME": "Jan", "LNAME": "de Wit"}
