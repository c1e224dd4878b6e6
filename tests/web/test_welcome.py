"""The first run: from nothing to a live process in one form."""

import pytest

from cadans.playbooks.playbook import templates
from cadans.process.models import Pipeline
from cadans.team.models import Organisation, Team, User

pytestmark = pytest.mark.django_db

FILLED = {
    "organisation": "Zonnig B.V.",
    "language": "nl",
    "name": "Anna Bakker",
    "email": "Anna@Zonnig.example",
    "password": "een lange zin met zon",
    "template": "inbound-trial",
    "team": "Team Noord",
}


def test_nobody_can_go_elsewhere_before_it(client):
    assert client.get("/process/")["Location"] == "/welcome/"


@pytest.mark.parametrize(
    ("language", "words"),
    [("nl", "Zakelijke verkoop"), ("en", "B2B sales")],
)
def test_it_asks_in_the_browser_s_language(client, language, words):
    page = client.get("/welcome/", headers={"Accept-Language": language}).content.decode()
    assert words in page


def test_it_offers_the_playbooks_by_trade(client):
    answer = client.get("/welcome/", headers={"Accept-Language": "nl"})
    assert [card.key for card in answer.context["cards"]] == [one.key for one in templates()]
    assert (answer.context["trade"], answer.context["chosen"]) == ("any", "b2b-classic")
    page = answer.content.decode()
    for trade, name in answer.context["trades"]:
        assert name in page
        assert f'data-trade="{trade}"' in page


def test_a_mistake_keeps_the_trade_and_the_playbook(client):
    wrong = {**FILLED, "email": "nobody", "trade": "building", "template": "installation"}
    answer = client.post("/welcome/", wrong)
    assert answer.status_code == 422
    assert (answer.context["trade"], answer.context["chosen"]) == ("building", "installation")


def test_it_sets_up_everything_and_logs_in(client):
    answer = client.post("/welcome/", FILLED)
    pipeline = Pipeline.objects.get()
    assert answer["Location"] == f"/board/{pipeline.key}/"
    assert pipeline.name == "Van proefperiode naar klant"
    assert pipeline.stages.count() == 6
    assert Organisation.objects.get().name == "Zonnig B.V."
    user = User.objects.get()
    assert (user.email, user.role) == ("anna@zonnig.example", "admin")
    assert Team.objects.get().members.get() == user
    assert client.session["_auth_user_id"] == str(user.id)


def test_without_a_template_it_starts_with_nothing(client):
    client.post("/welcome/", {**FILLED, "template": "", "team": ""})
    assert Pipeline.objects.get().stages.count() == 2
    assert not Team.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [("organisation", ""), ("email", "anna"), ("password", "kort"), ("template", "nowhere")],
)
def test_what_is_wrong_is_told_and_nothing_is_kept(client, field, value):
    answer = client.post("/welcome/", {**FILLED, field: value})
    assert answer.status_code == 422
    assert not User.objects.exists()
    assert not Organisation.objects.exists()
    assert answer.context["form"].errors


def test_it_is_there_only_once(client, world):
    assert client.get("/welcome/")["Location"] == "/"
    assert client.post("/welcome/", FILLED)["Location"] == "/"
    assert Organisation.objects.get().name == "Brouwer Techniek"
