"""Whom a rule aims at: bands of value, further targets, hours, limits, the fallback."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from cadans.assignment.candidates import Candidate, Context, Rota
from cadans.assignment.choose import Choice, choose
from cadans.assignment.rules import AssignmentRule, Target
from cadans.ground.working_time import WorkingTime

ANNA, BRAM, CHRIS, DAAN = (UUID(int=n) for n in (1, 2, 3, 4))
NAMES = {ANNA: "Anna", BRAM: "Bram", CHRIS: "Chris", DAAN: "Daan"}
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
MONDAY_NOON = datetime(2026, 3, 2, 12, 0, tzinfo=AMSTERDAM)


def to(*users: UUID, **options: Any) -> dict[str, Any]:
    return {"users": [str(user) for user in users], **options}


def rule(key: str, target: Mapping[str, Any], *otherwise: Mapping[str, Any]) -> AssignmentRule:
    return AssignmentRule.model_validate(
        {"key": key, "name": key.title(), "to": target, "otherwise": otherwise}
    )


class Office:
    """People, and whose turn it was: deals as the engine does."""

    def __init__(self, *rules: AssignmentRule, fallback: Mapping[str, Any] | None = None) -> None:
        self.rules = rules
        self.fallback = Target.model_validate(fallback) if fallback else None
        self.people: dict[UUID, dict[str, Any]] = {id: {} for id in NAMES}
        self.rotas: dict[str, Rota] = {}

    def deal(self, at: datetime = MONDAY_NOON, **facts: Any) -> Choice:
        """One lead."""

        def candidates(rule: AssignmentRule) -> tuple[Sequence[Candidate], Rota]:
            row = [Candidate(id, NAMES[id], **self.people[id]) for id in rule.to.users]
            return row, self.rotas.get(rule.key, Rota())

        choice = choose(
            self.rules, facts, candidates, Context(at=at, office=WorkingTime()), self.fallback
        )
        assert choice is not None
        if choice.user:
            self.rotas[choice.rule] = Rota(choice.user, choice.tally)
        return choice

    def deal_names(self, n: int, **facts: Any) -> str:
        """So many leads; the first letters of who got them."""
        got = (self.deal(**facts).user for _n in range(n))
        return "".join(NAMES[user][0] for user in got if user)


BANDS = {
    "strategy": "tier",
    "bands": [to(ANNA), to(BRAM, CHRIS, at_least="10000"), to(DAAN, at_least="50000")],
}


@pytest.mark.parametrize(
    ("value", "who", "bound"),
    [
        (None, ANNA, "0"),
        (Decimal("9999.99"), ANNA, "0"),
        (Decimal(10000), BRAM, "10000"),
        (Decimal("49999.99"), BRAM, "10000"),
        (Decimal(50000), DAAN, "50000"),
    ],
)
def test_the_value_says_which_band(value: Decimal | None, who: UUID, bound: str) -> None:
    choice = Office(rule("size", BANDS)).deal(value=value)
    assert choice.user == who
    assert choice.because["at_least"] == bound


def test_bands_are_weighed_in_the_organisations_own_currency() -> None:
    dollars = Office(rule("size", BANDS)).deal(value=Decimal(52000), worth=Decimal(48000))
    assert dollars.user == BRAM


def test_within_a_band_everybody_has_a_turn_of_its_own() -> None:
    office = Office(rule("size", BANDS))
    assert office.deal_names(3, value=20000) == "BCB"
    assert office.deal_names(1, value=5) == "A"
    assert office.deal_names(1, value=20000) == "C"


def test_the_next_target_when_the_first_cannot_and_then_the_next_rule() -> None:
    office = Office(rule("inside", to(ANNA), to(BRAM)), rule("rest", to(CHRIS)))
    assert office.deal_names(1) == "A"
    office.people[ANNA]["absent"] = True
    assert office.deal_names(1) == "B"
    office.people[BRAM] |= {"capacity": 2, "open_leads": 2}
    chosen = office.deal()
    assert chosen.user == CHRIS
    assert chosen.because["passed"] == [
        {"rule": "Inside", "absent": 1, "full": 0},
        {"rule": "Inside", "absent": 0, "full": 1},
    ]


def test_the_fallback_gets_what_nobody_could_take_however_full() -> None:
    office = Office(rule("inside", to(ANNA)), fallback=to(DAAN, most_open=1))
    office.people[ANNA]["absent"] = True
    office.people[DAAN] |= {"open_leads": 50, "capacity": 10}
    chosen = office.deal()
    assert (chosen.user, chosen.because["fallback"]) == (DAAN, True)


def test_without_anybody_left_the_lead_goes_to_nobody() -> None:
    office = Office(rule("inside", to(ANNA)), fallback=to(DAAN))
    office.people[ANNA]["absent"] = office.people[DAAN]["absent"] = True
    assert office.deal().user is None


def test_nobody_gets_more_open_leads_than_the_rule_allows() -> None:
    office = Office(rule("inside", to(ANNA, BRAM, most_open=5)))
    office.people[ANNA]["open_leads"] = 5
    assert office.deal_names(3) == "BBB"


@pytest.mark.parametrize(
    ("moment", "who"),
    [
        ("2026-03-02 08:59", BRAM),
        ("2026-03-02 09:00", ANNA),
        ("2026-03-02 17:29", ANNA),
        ("2026-03-02 17:30", BRAM),
        ("2026-03-07 12:00", BRAM),  # Saturday
        ("2026-04-27 12:00", BRAM),  # Koningsdag
    ],
)
def test_only_in_office_hours_when_the_rule_says_so(moment: str, who: UUID) -> None:
    office = Office(rule("office", to(ANNA, hours="office"), to(BRAM)))
    at = datetime.fromisoformat(moment).replace(tzinfo=AMSTERDAM)
    assert office.deal(at).user == who


def test_a_team_with_hours_of_its_own() -> None:
    evening = {"days": "1234567", "starts": "17:30", "ends": "22:00"}
    office = Office(rule("evening", to(ANNA, hours=evening), to(BRAM)))
    assert office.deal(datetime(2026, 3, 7, 21, 59, tzinfo=AMSTERDAM)).user == ANNA
    late = office.deal(datetime(2026, 3, 7, 22, 0, tzinfo=AMSTERDAM))
    assert late.user == BRAM
    assert late.because["passed"] == [{"rule": "Evening", "off": True}]


def test_weights_are_kept_exactly_and_spread() -> None:
    office = Office(rule("weighted", to(ANNA, BRAM, CHRIS, strategy="weighted")))
    for id, weight in ((ANNA, 5), (BRAM, 1), (CHRIS, 1)):
        office.people[id]["weight"] = weight
    assert office.deal_names(14) == "AABACAAAABACAA"


def test_who_was_away_does_not_get_all_that_was_missed() -> None:
    office = Office(rule("weighted", to(ANNA, BRAM, strategy="weighted")))
    office.people[ANNA]["weight"] = 3
    office.people[BRAM]["absent"] = True
    assert office.deal_names(20) == "A" * 20
    office.people[BRAM]["absent"] = False
    assert sorted(office.deal_names(8)) == list("AAAAAABB")


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"team": str(ANNA), "users": [str(BRAM)]},
        {"strategy": "tier", "users": [str(BRAM)]},
        {"strategy": "tier", "bands": [to(ANNA)]},
        {"strategy": "tier", "bands": [to(ANNA, at_least=5), to(BRAM, at_least=10)]},
        {"strategy": "tier", "bands": [to(ANNA), to(BRAM, at_least=10), to(DAAN, at_least=10)]},
        {"strategy": "tier", "bands": [to(ANNA), {"at_least": 10}]},
        to(ANNA, bands=[to(BRAM), to(DAAN, at_least=1)]),
        to(ANNA, most_open=0),
        to(ANNA, hours={"starts": "18:00", "ends": "09:00"}),
        to(ANNA, hours={"days": "89"}),
    ],
)
def test_what_a_target_may_not_be(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Target.model_validate(wrong)
