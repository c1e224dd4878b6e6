"""Which territory a place lies in, and which territories overlap."""

import uuid

import pytest

from cadans.assignment.atlas import Atlas, Piece, Place, atlas_of, plain_postcode


class Map:
    """Territories by name, each with its areas as people write them: `NL 1000-1999`."""

    def __init__(self) -> None:
        self.ids: dict[str, uuid.UUID] = {}
        self.above: dict[str, tuple[str, ...]] = {}
        self.pieces: list[Piece] = []

    def draw(self, name: str, *areas: str, inside: str = "") -> None:
        self.ids[name] = uuid.UUID(int=len(self.ids) + 1)
        self.above[name] = (inside, *self.above[inside]) if inside else ()
        for area in areas:
            country, _space, rest = area.partition(" ")
            postcodes = rest[:1].isdigit()
            first, _dash, last = rest.partition("-") if postcodes else ("", "", "")
            self.pieces.append(
                Piece(
                    self.ids[name],
                    (name, *self.above[name]),
                    country,
                    "" if postcodes else rest,
                    first,
                    last or first,
                    frozenset(self.ids[one] for one in self.above[name]),
                )
            )

    @property
    def atlas(self) -> Atlas:
        paths = {id: (name, *self.above[name]) for name, id in self.ids.items()}
        return atlas_of(self.pieces, paths)


@pytest.fixture
def low_countries() -> Map:
    map = Map()
    map.draw("Nederland", "NL")
    map.draw("Noord-Holland", "NL Noord-Holland", inside="Nederland")
    map.draw("Amsterdam", "NL 1000-1109", inside="Noord-Holland")
    map.draw("Grachten", "NL 1015AA-1017ZZ", inside="Amsterdam")
    map.draw("Achterhoek", "NL 7000-7299", "NL 7130", inside="Nederland")
    map.draw("België", "BE")
    map.draw("Vlaanderen", "BE Vlaanderen", "BE 2000-3999", "BE 8000-9999", inside="België")
    map.draw("Beieren", "DE 80-87", "DE 90000-97999")
    return map


@pytest.mark.parametrize(
    ("country", "region", "postcode", "territory"),
    [
        ("NL", "", "1234 AB", "Nederland"),
        ("NL", "", "1011 ab", "Amsterdam"),
        ("NL", "", "1011AB", "Amsterdam"),
        ("NL", "", "NL-1109 ZZ", "Amsterdam"),
        ("NL", "", "1110AA", "Nederland"),
        ("NL", "", "1016 DV", "Grachten"),
        ("NL", "", "1016", "Amsterdam"),  # half a postcode: not known to be on the canals
        ("NL", "", "7131 XZ", "Achterhoek"),
        ("NL", "noord holland", "", "Noord-Holland"),
        ("NL", "Noord-Holland", "1016DV", "Grachten"),
        ("NL", "Drenthe", "", "Nederland"),
        ("NL", "", "", "Nederland"),
        ("BE", "", "1000", "België"),
        ("BE", "", "B-2000", "Vlaanderen"),
        ("BE", "", "3999", "Vlaanderen"),
        ("BE", "", "4000", "België"),
        ("BE", "Vlaanderen", "", "Vlaanderen"),
        ("DE", "", "80331", "Beieren"),
        ("DE", "", "D-87700", "Beieren"),
        ("DE", "", "88000", None),
        ("DE", "", "97999", "Beieren"),
        ("DE", "", "", None),
        ("FR", "", "75001", None),
        ("", "", "1011AB", None),
    ],
)
def test_the_narrowest_area_wins(
    low_countries: Map, country: str, region: str, postcode: str, territory: str | None
) -> None:
    piece = low_countries.atlas.piece_of(Place(country, region, postcode))
    assert (piece.path[0] if piece else None) == territory


def test_of_equal_areas_the_territory_deeper_in_the_tree_wins() -> None:
    map = Map()
    map.draw("Europa", "NL")
    map.draw("Nederland", "NL", inside="Europa")
    piece = map.atlas.piece_of(Place("NL"))
    assert piece is not None
    assert piece.path == ("Nederland", "Europa")


def told(map: Map) -> list[tuple[str, str, bool]]:
    return [(str(one.first), str(one.second), one.is_doubtful) for one in map.atlas.overlaps]


def test_what_lies_in_each_other_does_not_overlap(low_countries: Map) -> None:
    assert told(low_countries) == []


def test_overlaps_are_told_the_doubtful_first() -> None:
    map = Map()
    map.draw("Nederland", "NL")
    map.draw("Randstad", "NL 1000-3999")
    map.draw("Utrecht", "NL 3400-3999")
    map.draw("Gooi", "NL 1200-1299", "NL 3700-3799")
    map.draw("Vecht", "NL 1250-1349")
    map.draw("Limburg", "NL Limburg")
    assert told(map)[0] == ("NL 1200-1299", "NL 1250-1349", True)
    rest = told(map)[1:]
    assert ("NL 3700-3799", "NL 3400-3999", False) in rest
    assert ("NL 1000-3999", "NL", False) in rest
    assert ("NL Limburg", "NL", False) in rest
    assert not [one for one in rest if "Limburg" in one[0] and "-" in one[1]]


def test_the_same_region_twice_is_doubtful() -> None:
    map = Map()
    map.draw("Noord", "BE Vlaanderen")
    map.draw("Team Vlaanderen", "BE vlaanderen")
    assert [doubtful for _first, _second, doubtful in told(map)] == [True]


@pytest.mark.parametrize(
    ("text", "country", "plain"),
    [
        ("1234 ab", "NL", "1234AB"),
        ("NL 1234AB", "NL", "1234AB"),
        ("B-1000", "BE", "1000"),
        ("D - 80331", "DE", "80331"),
        ("L-1234", "LU", "1234"),
        ("SW1A 1AA", "GB", "SW1A1AA"),
        ("", "NL", ""),
    ],
)
def test_postcodes_are_written_in_many_ways(text: str, country: str, plain: str) -> None:
    assert plain_postcode(text, country) == plain
