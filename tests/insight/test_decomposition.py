"""The change of a mean in parts that add up, whatever the segments."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadans.insight.decomposition import Segment, parts_of_change, to_the_cent, verdict

amounts = st.decimals(min_value=0, max_value=10_000_000, places=2).map(Fraction)
deals = st.integers(0, 50).map(Fraction) | st.fractions(0, 20, max_denominator=12)


@st.composite
def segments(draw: st.DrawFn) -> dict[str, Segment]:
    """Some segments with deals, one of them at least."""
    found = {
        key: Segment(number, number * draw(amounts))
        for key in draw(st.sets(st.sampled_from("abcdefgh"), min_size=1))
        if (number := draw(deals))
    }
    return found or {"a": Segment(Fraction(1), draw(amounts))}


def mean(all_segments: dict[str, Segment]) -> Fraction:
    worth = sum((one.worth for one in all_segments.values()), Fraction(0))
    return worth / sum((one.deals for one in all_segments.values()), Fraction(0))


def cents(amount: Fraction) -> Decimal:
    return Decimal(round(amount * 100)).scaleb(-2)


@given(segments(), segments())
def test_the_parts_add_up_to_the_change_exactly_and_to_the_cent(before, now):
    parts = parts_of_change(before, now)
    assert sum(part.whole for part in parts.values()) == mean(now) - mean(before)
    whole = cents(mean(now)) - cents(mean(before))
    pieces = [piece for part in parts.values() for piece in (part.within, part.mix)]
    rounded = to_the_cent(pieces, whole)
    assert sum(rounded) == whole
    for piece, shown in zip(pieces, rounded, strict=True):
        assert abs(Fraction(shown) - piece) < Fraction(1, 50)


@given(segments(), segments())
def test_what_is_new_or_gone_is_all_mix(before, now):
    parts = parts_of_change(before, now)
    assert set(parts) == set(before) | set(now)
    for key, part in parts.items():
        if (key in before) != (key in now):
            assert part.within == 0


@given(segments(), st.integers(2, 9))
def test_where_all_shares_stay_all_is_within(before, factor):
    now = {key: Segment(one.deals, one.worth * factor) for key, one in before.items()}
    assert all(part.mix == 0 for part in parts_of_change(before, now).values())


def split(**means: tuple[int, int, int, int]) -> tuple[str, list[str]]:
    """The verdict on segments given as deals before, mean before, deals now, mean now."""
    before = {key: Segment(Fraction(n), Fraction(n * m)) for key, (n, m, _, _) in means.items()}
    now = {key: Segment(Fraction(n), Fraction(n * m)) for key, (_, _, n, m) in means.items()}
    return verdict(parts_of_change(before, now), mean(now) - mean(before))


@pytest.mark.parametrize(
    ("means", "word", "made"),
    [
        ({"a": (10, 100, 10, 120), "b": (10, 50, 10, 70)}, "across_the_board", ["a", "b"]),
        ({"a": (10, 100, 10, 80), "b": (10, 50, 10, 30)}, "across_the_board", ["a", "b"]),
        (
            {"a": (10, 100, 10, 190)} | dict.fromkeys("bcde", (10, 100, 10, 101)),
            "a_few",
            ["a"],
        ),
        (
            {"a": (30, 100, 30, 190), "b": (10, 100, 10, 99), "c": (10, 100, 10, 99)},
            "uneven",
            ["a"],
        ),
        ({"a": (10, 100, 18, 100), "b": (10, 50, 2, 51)}, "mix", ["b"]),
        ({"a": (10, 100, 0, 0), "b": (10, 50, 20, 50)}, "mix", ["a"]),
    ],
)
def test_it_is_said_what_kind_of_change_it_is(means, word, made):
    said, drivers = split(**means)
    assert said == word
    assert sorted(drivers) == made


def test_no_parts_are_no_cents():
    assert to_the_cent([], Decimal("1.00")) == []
