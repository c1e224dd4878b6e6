"""The pages about cycle length: how long, the quick no, the committee."""

import re
from html import unescape

import pytest

from cadans.contacts.models import Person
from cadans.leads.models import Activity, LeadPerson
from cadans.playbooks.actions import as_document
from cadans.process.design import Design
from cadans.process.models import Pipeline
from tests.insight.scene import Scene, day

PAGES = ["/insight/cycle/", "/insight/cycle/quick-no/", "/insight/cycle/committee/"]


@pytest.fixture
def at_work(scene, client):
    """Mila, a manager who reads English, logged in."""
    mila = scene.users["Mila"]
    mila.language = "en"
    mila.save()
    client.force_login(mila)
    return client


def shown(client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.content.decode()[:2000]
    return re.sub(r"[ \n]+", " ", unescape(answer.content.decode()))


def sold(scene: Scene, number: int = 10, *, ask: float | None = None) -> None:
    for place in range(number):
        lead = scene.lead([("new", 0), ("demo", 10)], closed=("won", 40 + place))
        if ask is not None:
            Activity.objects.create(lead=lead, kind="ask", at=day(ask), held=True)


@pytest.mark.parametrize("page", PAGES)
def test_strangers_are_sent_to_the_log_in(scene, client, page):
    assert client.get(page).status_code == 302


@pytest.mark.parametrize("page", PAGES)
def test_a_beginning_team_is_told_what_will_be_here(at_work, page):
    assert "Nothing to measure" in shown(at_work, f"{page}?period=all")


@pytest.mark.parametrize("page", PAGES)
def test_every_link_of_a_page_opens_its_leads(scene, at_work, page):
    sold(scene, 25, ask=20)
    for number in range(25):
        lead = scene.lead(closed=("lost", 5), source="Fair", reason="Price", owner="Bram")
        person = Person.objects.create(name=f"P {number}")
        LeadPerson.objects.create(lead=lead, person=person, role="user")
    found = dict.fromkeys(
        re.findall(r'href="(/insight/leads/\?[^"]*)"', shown(at_work, f"{page}?period=all"))
    )
    assert len(found) > 2
    for address in found:
        listed = shown(at_work, address)
        assert "A lead" in listed, address
        assert '">Cycle length</a>' in listed


def test_the_length_is_shown_with_its_interval_and_its_stages(scene, at_work):
    sold(scene)
    page = shown(at_work, "/insight/cycle/?period=all")
    for text in ("45", "Days in each stage", "Demo", "few leads", "95% sure between"):
        assert text in page, text


@pytest.mark.parametrize(
    ("ask", "sentence"),
    [(38, "The bump is at the start"), (2, "The bump is at the end"), (22.5, "neither clearly")],
)
def test_it_says_in_words_where_the_bump_is(scene, at_work, ask, sentence):
    sold(scene, ask=ask)
    assert sentence in shown(at_work, "/insight/cycle/?period=all")


def test_without_an_ask_it_says_how_to_have_one(scene, at_work):
    sold(scene)
    assert "Mark a stage of the pipeline" in shown(at_work, "/insight/cycle/?period=all")


def test_with_only_lost_leads_there_is_no_chart_but_a_table(scene, at_work):
    scene.lead(closed=("lost", 3))
    page = shown(at_work, "/insight/cycle/?period=all")
    assert "No lead was won in this period" in page
    assert 'id="cycle"' not in page
    assert "Anna" in page


def test_few_asks_say_nothing_of_the_bump(scene, at_work):
    sold(scene, 3, ask=2)
    assert "too few leads to say" in shown(at_work, "/insight/cycle/?period=all")


def test_a_change_is_coloured_only_beyond_chance(scene, at_work):
    for number in range(20):
        scene.lead(closed=("won", 20 + number / 10))
        scene.lead([("new", 31)], closed=("won", 36 + number / 10))
    page = shown(at_work, "/insight/cycle/?period=own&from=2026-02-01&through=2026-02-28")
    assert 'data-tone="good">−15' in page


@pytest.mark.parametrize("by", ["owner", "team", "product", "stage", "loss_reason", "month"])
def test_every_breakdown_has_its_page(scene, at_work, by):
    sold(scene)
    scene.lead(closed=("lost", 5), reason="Price")
    assert "How is this computed" in shown(at_work, f"/insight/cycle/?period=all&by={by}")


def test_rows_sort(scene, at_work):
    scene.lead(closed=("won", 10), owner="Anna")
    scene.lead(closed=("won", 30), owner="Bram")
    for order, names in (("median", ["Anna", "Bram"]), ("-median", ["Bram", "Anna"])):
        page = shown(at_work, f"/insight/cycle/?period=all&sort={order}")
        assert re.findall(r'class="row-link"[^>]*>([^<]*)<', page) == names


def test_the_csv_has_the_stages_too(scene, at_work):
    sold(scene)
    text = at_work.get("/insight/cycle.csv?period=all&by=owner").content.decode()
    assert "sales/demo" in text
    assert text.splitlines()[0].count("stage_label") == 1


# ── the quick no ────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def lost_at_once(scene) -> None:
    design = Design.model_validate({"stages": [{"key": "new", "name": {"en": "New"}}]})
    Pipeline.objects.filter(id=scene.pipeline.id).update(draft=as_document(design))
    scene.version.document = as_document(design)
    scene.version.save()
    sold(scene, 20)
    for _number in range(20):
        scene.lead(closed=("lost", 5), source="Fair")


def test_a_trait_is_shown_and_becomes_a_draft_rule_in_one_click(scene, at_work, lost_at_once):
    page = shown(at_work, "/insight/cycle/quick-no/?period=all")
    assert "100% of 20 were lost at once, against 0% of the others." in page
    key = re.search(r'name="key" value="([^"]*)"', page)
    action = re.search(r'action="(/insight/cycle/quick-no/rule/[^"]*)"', page)
    assert key
    assert action
    answer = at_work.post(action[1], {"key": key[1]}, follow=True)
    assert answer.redirect_chain[0][0].endswith("/?stage=new&tab=rules")
    text = unescape(answer.content.decode())
    assert "Quick no? Source: Fair" in text
    assert "The rule lies in the draft" in text


def test_reps_see_no_button(scene, client, lost_at_once):
    client.force_login(scene.users["Anna"])
    assert 'name="key"' not in shown(client, "/insight/cycle/quick-no/?period=all")


def test_what_may_be_chance_is_shown_as_such(scene, at_work):
    for _number in range(20):
        for source in ("Web", "Fair"):
            scene.lead(closed=("won", 40), source=source)
    page = shown(at_work, "/insight/cycle/quick-no/?period=all")
    assert "None of these traits" in page
    assert "Source: Web" in page


def test_with_few_won_it_says_what_is_missing(scene, at_work):
    sold(scene, 3)
    assert "Fewer than 8 leads were won" in shown(at_work, "/insight/cycle/quick-no/?period=all")


# ── the committee ───────────────────────────────────────────────────────────────────────────


def test_the_committee_is_shown_by_role(scene, at_work):
    lead = scene.lead(closed=("won", 30))
    person = Person.objects.create(name="Kim")
    LeadPerson.objects.create(lead=lead, person=person, role="decision_maker")
    scene.lead(closed=("won", 10))
    page = shown(at_work, "/insight/cycle/committee/?period=all")
    for text in ("Decision maker known", "1 of 2", "1 role known", "no role known"):
        assert text in page, text
