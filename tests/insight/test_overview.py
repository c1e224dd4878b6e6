"""The six figures with trend and target, and what changed most."""

from decimal import Decimal
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client

from cadans.ground.errors import Invalid, NotAllowed
from cadans.insight.actions.targets import set_targets
from cadans.insight.changes import changes
from cadans.insight.filters import Filters
from cadans.insight.overview import MEASURES, targets, told
from cadans.web.insight.overview import card, drawn
from cadans.web.insight.question import Question
from tests.insight.scene import Scene, day, ever

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    return Scene()


@pytest.fixture
def manager(scene: Scene) -> Client:
    browser = Client()
    browser.force_login(scene.users["Mila"])
    return browser


def period(since: int, until: int) -> Filters:
    return Filters(since=day(since).date(), until=day(until).date())


def test_a_figure_has_its_months_and_the_period_before(scene: Scene) -> None:
    for at, won in ((40, 1), (70, 3)):
        for place in range(4):
            scene.lead(closed=("won" if place < won else "lost", at))
    found = told("win-rate", period(60, 90), None)
    assert found.now.value == 0.75
    assert found.before is not None
    assert found.before.value == 0.25
    found = told("win-rate", ever(), None)
    assert [one.value for one in found.months][-2:] == [0.25, 0.75]
    assert found.before is None


@pytest.mark.parametrize("name", MEASURES)
def test_each_of_the_six_is_told_with_leads_and_without(scene: Scene, name: str) -> None:
    assert told(name, ever(), None).now.value in (None, 0.0)
    scene.lead([("new", 0), ("demo", 1)], closed=("won", 3), value="500.00")
    found = told(name, period(-5, 5), None)
    if name != "accuracy":
        assert found.now.value is not None
    question = Question(QueryDict(), period(-5, 5), "own")
    assert card(question, found).value


def test_adoption_aims_at_everything_until_somebody_says_otherwise(scene: Scene) -> None:
    assert targets() == {"adoption": Decimal(1)}
    set_targets(scene.users["Mila"], {"adoption": Decimal("0.9"), "cycle": Decimal(30)})
    assert targets() == {"adoption": Decimal("0.9"), "cycle": Decimal(30)}
    set_targets(scene.users["Mila"], {"adoption": None})
    assert targets()["adoption"] == 1


def test_only_managers_set_targets_and_only_such_as_can_be_reached(scene: Scene) -> None:
    with pytest.raises(NotAllowed):
        set_targets(scene.users["Anna"], {"adoption": Decimal("0.9")})
    for wrong in ({"win-rate": Decimal("1.2")}, {"cycle": Decimal(0)}, {"weather": Decimal(1)}):
        with pytest.raises(Invalid):
            set_targets(scene.users["Mila"], wrong)


def test_a_cycle_reaches_its_target_by_being_shorter(scene: Scene) -> None:
    for _ in range(10):
        scene.lead(closed=("won", 20))
    set_targets(scene.users["Mila"], {"cycle": Decimal(30), "win-rate": Decimal(1)})
    question = Question(QueryDict(), ever(), "all")
    assert card(question, told("cycle", ever(), None)).is_met
    assert card(question, told("win-rate", ever(), None)).is_met
    set_targets(scene.users["Mila"], {"cycle": Decimal(10)})
    assert not card(question, told("cycle", ever(), None)).is_met


def test_a_trend_is_drawn_from_two_months_on(scene: Scene) -> None:
    scene.lead(closed=("won", 3))
    assert drawn(told("win-rate", ever(), None)) == ("", "")
    scene.lead(closed=("lost", 40))
    line, _aim = drawn(told("win-rate", ever(), None))
    assert line == "3.0,3.0 117.0,29.0"


def test_what_changed_and_where_is_named(scene: Scene) -> None:
    """Web falls from 30 of 40 to 8 of 40; Fair stays at 20 of 40."""
    for since, web in ((10, 30), (40, 8)):
        for place in range(40):
            sold(scene, "Web", place < web, since)
            sold(scene, "Fair", place < 20, since)
    found = changes(period(31, 59), None)
    assert found is not None
    named = [(one.figure, one.by, one.label) for one in found.found]
    assert named[0] == ("win-rate", "source", "Web")
    assert ("win-rate", "source", "Fair") not in named
    web = found.found[0]
    assert (web.before, web.now, web.is_better) == (0.75, 0.2, False)


def test_what_may_be_chance_is_not_named(scene: Scene) -> None:
    for since, won in ((10, 20), (40, 24)):
        for place in range(40):
            sold(scene, "Web", place < won, since)
    found = changes(period(31, 59), None)
    assert found is not None
    assert found.found == []
    assert changes(ever(), None) is None


def sold(scene: Scene, source: str, won: bool, at: int) -> Any:
    return scene.lead([("new", at)], closed=("won" if won else "lost", at + 3), source=source)


def test_the_page_asks_for_its_figures_one_by_one(scene: Scene, manager: Client) -> None:
    scene.lead(closed=("won", 3))
    page = manager.get("/insight/?period=all").content.decode()
    for name in MEASURES:
        assert f"/insight/figure/{name}/?period=all" in page
        assert manager.get(f"/insight/figure/{name}/?period=all").status_code == 200
    assert manager.get("/insight/changes/?period=all").status_code == 200
    assert manager.get("/insight/figure/weather/").status_code == 404


def test_a_manager_sets_targets_on_a_page(scene: Scene, manager: Client) -> None:
    refused = manager.post("/insight/targets/", {"win-rate": "lots"})
    assert refused.status_code == 422
    assert 'aria-invalid="true"' in refused.content.decode()
    assert (
        manager.post("/insight/targets/", {"win-rate": "27,5 %", "cycle": "30"}).status_code == 302
    )
    assert targets()["win-rate"] == Decimal("0.275")
    assert 'value="27.5"' in manager.get("/insight/targets/").content.decode()
    rep = Client()
    rep.force_login(scene.users["Anna"])
    assert rep.get("/insight/targets/").status_code == 403
    assert "/insight/targets/" not in rep.get("/insight/").content.decode()
