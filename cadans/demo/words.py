"""Names and words for people and firms who do not exist."""

from __future__ import annotations

FIRST_NAMES = (
    "Anna", "Anouk", "Arjan", "Bart", "Bas", "Carla", "Chantal", "Dennis", "Edwin", "Ellen",
    "Emma", "Erik", "Esra", "Esther", "Fatima", "Frank", "Gerard", "Hanneke", "Hans", "Ilse",
    "Ingeborg", "Jan", "Jasper", "Jeroen", "Joost", "Karin", "Kim", "Lars", "Laura", "Linda",
    "Lotte", "Maarten", "Marieke", "Mark", "Martijn", "Mirjam", "Mohamed", "Monique", "Nadia",
    "Niels", "Paul", "Peter", "Pieter", "Renate", "Rianne", "Rob", "Roos", "Sander", "Saskia",
    "Simone", "Stefan", "Suzanne", "Tessa", "Theo", "Tom", "Wendy", "Wilma", "Wouter", "Yara",
    "Yvonne",
)  # fmt: skip

SURNAMES = (
    "Bakker", "Bergman", "van den Berg", "Boer", "de Boer", "Bos", "Brouwer", "van Dam", "Dekker",
    "van Dijk", "Dijkman", "Doorn", "Evers", "Gerritsen", "de Graaf", "de Groot", "van der Heide",
    "Hermans", "van der Heijden", "Hofman", "Huisman", "Jansen", "Janssens", "de Jong", "Jonker",
    "Kok", "Koster", "Kramer", "de Lange", "van der Linden", "Maas", "Martens", "van der Meer",
    "Meijer", "Mertens", "Mulder", "Nijhuis", "Peeters", "Peters", "Postma", "Prins", "de Ridder",
    "Schipper", "Scholten", "Smeets", "Smit", "Timmer", "Verbeek", "Verhoeven", "Visser", "Vos",
    "de Waal", "Wessels", "van Wijk", "Willems", "de Wit", "Wolters", "IJzerman", "El Amrani",
    "Yilmaz",
)  # fmt: skip

# Town, region, postcode district. Real places; the firms in them are invented.
TOWNS_NL = (
    ("Groningen", "Groningen", "9711"), ("Leeuwarden", "Friesland", "8911"),
    ("Assen", "Drenthe", "9401"), ("Zwolle", "Overijssel", "8011"),
    ("Enschede", "Overijssel", "7511"), ("Apeldoorn", "Gelderland", "7311"),
    ("Arnhem", "Gelderland", "6811"), ("Nijmegen", "Gelderland", "6511"),
    ("Almere", "Flevoland", "1315"), ("Utrecht", "Utrecht", "3511"),
    ("Amersfoort", "Utrecht", "3811"), ("Amsterdam", "Noord-Holland", "1012"),
    ("Haarlem", "Noord-Holland", "2011"), ("Alkmaar", "Noord-Holland", "1811"),
    ("Rotterdam", "Zuid-Holland", "3011"), ("Den Haag", "Zuid-Holland", "2511"),
    ("Leiden", "Zuid-Holland", "2311"), ("Dordrecht", "Zuid-Holland", "3311"),
    ("Middelburg", "Zeeland", "4331"), ("Breda", "Noord-Brabant", "4811"),
    ("Tilburg", "Noord-Brabant", "5038"), ("Eindhoven", "Noord-Brabant", "5611"),
    ("Den Bosch", "Noord-Brabant", "5211"), ("Venlo", "Limburg", "5911"),
    ("Maastricht", "Limburg", "6211"),
)  # fmt: skip
TOWNS_BE = (
    ("Antwerpen", "Antwerpen", "2000"), ("Mechelen", "Antwerpen", "2800"),
    ("Gent", "Oost-Vlaanderen", "9000"), ("Brugge", "West-Vlaanderen", "8000"),
    ("Leuven", "Vlaams-Brabant", "3000"), ("Hasselt", "Limburg (BE)", "3500"),
)  # fmt: skip

# Industry, endings of firms' names, share of the market, size compared with others.
INDUSTRIES = (
    ("Transport en logistiek", ("Transport", "Logistiek", "Koeriers"), 26, 1.3),
    ("Bouw en installatie", ("Bouw", "Installaties", "Techniek"), 22, 1.0),
    ("Zorg", ("Zorggroep", "Thuiszorg"), 10, 1.4),
    ("Groothandel", ("Groothandel", "Trading"), 14, 0.9),
    ("Zakelijke diensten", ("Advies", "Partners", "Services"), 14, 0.7),
    ("Horeca en recreatie", ("Parken", "Hotels"), 8, 0.8),
    ("Gemeente en overheid", ("Beheer", "Werken"), 6, 1.6),
)

FIRM_WORDS = (
    "Zuiderkruis", "Polderland", "Maasduin", "Waterlinie", "Merwede", "Molen", "Noordkaap",
    "Roodborst", "Kompas", "Windroos", "Steenuil", "Duinzicht", "Beukenhof", "Lindelaan",
    "Hollandia", "Rijnoever", "Zandloper", "Goudsmid", "Meerkoet", "Oosterpoort", "Westerpark",
    "Kanaalzicht", "Veluwezoom", "Sluis", "Hoogland", "Laagveen", "Morgenster", "Havenzicht",
)  # fmt: skip

JOB_TITLES = (
    "Wagenparkbeheerder", "Facilitair manager", "Directeur", "Operationeel manager",
    "Inkoper", "Hoofd techniek", "Financieel directeur", "Duurzaamheidscoördinator",
    "Planner", "Office manager",
)  # fmt: skip
BOSS_TITLES = ("Directeur", "Financieel directeur", "Operationeel directeur", "Eigenaar")

NOTES = {
    "call": (
        "Willen dit kwartaal af van de losse laadpassen. Terugbellen na teamoverleg.",
        "Goed gesprek. Grootste zorg: piekbelasting op maandagochtend.",
        "Hebben nu drie leveranciers en één iemand die alles bijhoudt in een spreadsheet.",
        "Budget ligt vast tot januari, maar directie wil wel een plan zien.",
        "Vraagt of we ook de thuislaadpunten van monteurs kunnen verrekenen.",
    ),
    "meeting": (
        "Rondgang over het terrein gemaakt. Twaalf plekken, aansluiting is krap.",
        "Aan tafel met facilitair en financiën. Rekensom samen gemaakt: 14 uur per maand.",
        "Directeur schoof aan. Wil vooral geen verrassingen op de energierekening.",
    ),
    "demo": (
        "Hun eigen ritten erin gezet. Stilte, en toen: dit hadden we vorig jaar nodig.",
        "Drie punten getoond, precies die ze noemden. Planner wil meteen meedoen.",
        "Veel vragen over de koppeling met de boekhouding.",
    ),
    "ask": (
        "Besluit gevraagd. Directie tekent als de installatiedatum vaststaat.",
        "Gevraagd om akkoord; willen nog één referentie spreken.",
    ),
    "email": (
        "Samenvatting gestuurd met de drie punten en de datum.",
        "Voorstel gemaild, twee pagina's, bedrag op de eerste.",
    ),
}

OWN_TASKS = (
    ("Bel over de aansluiting van het net", "call"),
    ("Stuur de referentie van een vergelijkbaar park", "email"),
    ("Vraag de netbeheerder naar de levertijd", "to_do"),
    ("Plan de schouw op locatie", "meeting"),
    ("Reken de terugverdientijd na met financiën", "to_do"),
    ("Mail de koppeling met de boekhouding", "email"),
)

RIVALS = ("Stekkerstad", "Laadland", "Elektra Noord")
