"""The gallery of playbooks: found by word and trade, read closely, and made into a pipeline."""

import re

import pytest
from django.urls import reverse

from cadans.playbooks.actions import empty_design
from cadans.playbooks.playbook import template, templates
from cadans.process.models import Pipeline
from cadans.web.process.drawing import drawing_of
from cadans.web.process.gallery import TRADES, matching
from tests.web.reading import as_user, texts

pytestmark = pytest.mark.django_db
GALLERY = "/process/new/"


@pytest.fixture
def manager(world):
    return as_user(world.manager)


def keys(answer):
    return [card.key for card in answer.context["cards"]]


@pytest.mark.parametrize("language", ["nl", "en"])
def test_it_shows_every_playbook_in_the_reader_s_language(world, language):
    answer = as_user(world.manager, language).get(GALLERY)
    page = texts(answer)
    for playbook in templates():
        assert playbook.label(language) in page
        assert playbook.about_in(language) in page
    assert len(re.findall(r'<svg class="drawing', answer.content.decode())) == len(templates())


def test_a_card_says_what_is_in_it(manager):
    card = next(one for one in manager.get(GALLERY).context["cards"] if one.key == "installation")
    assert card.facts == "5 fasen · 13 doelen · 13 taken"
    assert card.trade_name == "Bouw en installatie"
    assert card.stages[0] == "Aanvraag binnen"
    assert "Niet doorgegaan" not in card.stages


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("zonnepanelen", ["installation"]),
        ("SOLAR panels", ["installation"]),
        ("nota inlichtingen", ["tender"]),
        ("foto's meterkast", ["installation"]),
        ("hovercraft", []),
        ("   ", [one.key for one in templates()]),
    ],
)
def test_it_is_searched_by_word_in_both_languages(manager, asked, found):
    assert keys(manager.get(GALLERY, {"q": asked})) == found


def test_it_is_narrowed_to_a_trade(manager):
    answer = manager.get(GALLERY, {"trade": "building"})
    assert keys(answer) == ["installation", "construction"]
    assert keys(manager.get(GALLERY, {"trade": "building", "q": "architect"})) == ["construction"]
    assert keys(manager.get(GALLERY, {"trade": "nonsense"})) == []


def test_every_trade_on_offer_has_playbooks():
    assert {one.trade for one in templates()} == set(TRADES)
    assert all(matching("", trade) for trade in TRADES)


def test_an_empty_result_says_what_to_do(manager):
    page = texts(manager.get(GALLERY, {"q": "hovercraft"}))
    assert "Geen draaiboek past daarbij" in page
    assert "Toon alle draaiboeken" in page


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("key", ["enterprise", "events-training"])
def test_a_playbook_can_be_read_before_it_is_chosen(world, key, language):
    page = texts(as_user(world.manager, language).get(f"{GALLERY}{key}/"))
    playbook = template(key)
    for stage in playbook.open_stages():
        assert stage.label(language) in page
        for part in [*stage.goals, *stage.tasks]:
            assert part.name[language] in page
        first_words = stage.guidance_in(language).short.split("**")[0].strip()
        assert first_words in page


def test_there_is_no_playbook_by_a_name_that_nobody_gave(manager):
    assert manager.get(f"{GALLERY}hovercraft/").status_code == 404


def test_live_in_one_step(manager):
    page = manager.get(f"{GALLERY}installation/")
    assert page.context["form"].initial["name"] == "Installatie en montage"
    done = manager.post(f"{GALLERY}installation/", {"name": "Zon op dak", "then": "publish"})
    assert done["Location"] == "/board/zon-op-dak/"
    pipeline = Pipeline.objects.get(key="zon-op-dak")
    assert pipeline.version.number == 1
    assert pipeline.stages.count() == 7
    assert "“Zon op dak” is live" in texts(manager.get(done["Location"]))


def test_a_draft_first(manager):
    done = manager.post(f"{GALLERY}inbound-trial/", {"name": "Export", "then": "draft"})
    assert done["Location"] == reverse("process:designer", args=["export"])
    assert Pipeline.objects.get(key="export").version is None
    assert "Alleen concept" in texts(manager.get("/process/export/"))


def test_beginning_with_nothing(manager):
    assert "Begin met niets" in texts(manager.get(f"{GALLERY}nothing/"))
    done = manager.post(f"{GALLERY}nothing/", {"name": "Export", "then": "publish"})
    assert done["Location"] == reverse("process:designer", args=["export"])
    assert Pipeline.objects.get(key="export").version is None


def test_it_needs_a_name(manager):
    for path in (f"{GALLERY}tender/", f"{GALLERY}nothing/"):
        answer = manager.post(path, {"name": " ", "then": "publish"})
        assert answer.status_code == 422
        assert answer.context["form"].errors["name"]
    assert Pipeline.objects.count() == 1


def test_reps_do_not_begin_pipelines(world):
    rep = as_user(world.anna)
    for path in (GALLERY, f"{GALLERY}tender/", f"{GALLERY}nothing/"):
        assert rep.get(path).status_code == 403
    assert rep.post(f"{GALLERY}tender/", {"name": "X", "then": "publish"}).status_code == 403


def test_it_asks_the_database_little(manager, django_assert_max_num_queries):
    manager.get(GALLERY)
    with django_assert_max_num_queries(6):
        manager.get(GALLERY)
    with django_assert_max_num_queries(9):
        manager.get(f"{GALLERY}enterprise/")


def test_a_drawing_has_a_mark_for_every_goal_task_and_stop():
    for playbook in templates():
        drawing = drawing_of(playbook)
        opens = list(playbook.open_stages())
        assert drawing.goals.count("M") + drawing.choices.count("M") == sum(
            len(stage.goals) for stage in opens
        )
        assert drawing.tasks.count("M") == sum(len(stage.tasks) for stage in opens)
        assert drawing.stages.count("M") + drawing.asks.count("M") == len(opens)
        for how, bars in (("reason", drawing.reasons), ("block", drawing.blocks)):
            assert bars.count("M") == sum(stage.enforcement == how for stage in opens)
        heights = [int(y) for y in re.findall(r"M-?\d+ (-?\d+)", drawing.goals + drawing.tasks)]
        assert all(2 <= y <= drawing.height - 2 for y in heights)


def test_a_drawing_ends_where_the_design_does():
    assert drawing_of(empty_design()).won is not None
    endless = empty_design().model_copy(update={"stages": empty_design().stages[:1]})
    drawing = drawing_of(endless)
    assert drawing.won is None
    assert drawing.line.endswith("H19")


def test_the_sentences_to_say_are_shown_as_quotes(manager):
    page = manager.get(f"{GALLERY}enterprise/").content.decode()
    assert re.search(r"<blockquote>\s*<p>“In jullie jaarverslag", page)
    assert "&gt; “" not in page
