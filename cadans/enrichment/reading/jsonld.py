"""What a site tells about its organisation in JSON-LD (schema.org), however it is nested.

A page may hold several organisations: those of a review, of a publisher, of the builder of the
site. Only those that are the site's own count; what its own ones do not agree on is left out.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from cadans.contacts.countries import country_code
from cadans.enrichment.reading.addresses import same_site
from cadans.enrichment.reading.found import Found, tidy
from cadans.enrichment.reading.numbers import phone_number, postcode, vat_number
from cadans.enrichment.reading.pages import Page, absolute, is_placeholder
from cadans.enrichment.reading.socials import social_of

MOST_SCRIPTS = 20
MOST_CHARACTERS = 300_000
MOST_NODES = 5_000
SURE = 90

_KINDS = """Organization Corporation LocalBusiness Store ProfessionalService
    OnlineBusiness OnlineStore EducationalOrganization School
    CollegeOrUniversity GovernmentOrganization NGO NewsMediaOrganization
    MedicalOrganization MedicalBusiness Hospital Dentist Physician
    SportsOrganization SportsClub Airline Consortium Project
    ResearchOrganization HomeAndConstructionBusiness GeneralContractor
    Electrician Plumber HVACBusiness RoofingContractor HousePainter
    Locksmith MovingCompany AutomotiveBusiness AutoDealer AutoRepair
    AutoRental FoodEstablishment Restaurant Bakery CafeOrCoffeeShop BarOrPub
    Winery Brewery FinancialService AccountingService InsuranceAgency
    BankOrCreditUnion LegalService Attorney Notary RealEstateAgent
    TravelAgency EmploymentAgency LodgingBusiness Hotel
    HealthAndBeautyBusiness BeautySalon HairSalon DaySpa
    EntertainmentBusiness SportsActivityLocation ExerciseGym ChildCare
    DryCleaningOrLaundry SelfStorage FurnitureStore HardwareStore
    ElectronicsStore ClothingStore GroceryStore GardenStore HomeGoodsStore
    JewelryStore BikeStore BookStore ComputerStore Florist WholesaleStore
    LiquorStore PetStore ShoeStore ToyStore TireShop Library RecyclingCenter"""
KINDS = frozenset(_KINDS.split())
_OF_OTHERS = """review reviews author itemreviewed sponsor memberof member members brand
    customer creator funder seller offeredby offers hiringorganization
    performer organizer affiliation alumniof worksfor subjectof mentions
    award parentorganization suborganization department itemlistelement
    isrelatedto knowsabout client clients partner manufacturer
    copyrightholder"""
OF_OTHERS = frozenset(_OF_OTHERS.split())
"""Below these, organisations are somebody else."""


def organisations_in(page: Page) -> list[dict[str, Any]]:
    """The organisations on a page that are the site's own."""
    scripts = list(_documents(page))
    nodes, own = _nodes(scripts)
    named = {
        node["@id"]: node for node in nodes if isinstance(node.get("@id"), str) and len(node) > 1
    }
    found = []
    for node in own:
        whole = {name: _followed(value, named) for name, value in node.items()}
        if not _is_of(page, whole):
            continue
        if whole not in found:
            found.append(whole)
    return found[:50]


def facts_of(page: Page) -> list[Found]:
    """What the site's own organisations say, where they do not contradict each other."""
    organisations = organisations_in(page)
    facts: dict[str, dict[str, Found]] = {}
    for one in organisations:
        for fact in _said(one, page):
            facts.setdefault(fact.field, {}).setdefault(fact.value.casefold(), fact)
    single = [next(iter(values.values())) for values in facts.values() if len(values) == 1]
    # Half of one branch's address and half of another's is nobody's address.
    where = {"address", "postcode", "city", "region"}
    if any(len(facts.get(name, {})) > 1 for name in where):
        single = [fact for fact in single if fact.field not in where]
    return single


def _documents(page: Page) -> Iterator[Any]:
    for node in page.tree.css("script")[:500]:
        kind = (node.attributes.get("type") or "").split(";")[0].strip().lower()
        if kind != "application/ld+json":
            continue
        text = node.text() or ""
        if len(text) > MOST_CHARACTERS:
            continue
        text = re.sub(
            r"^\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[)", "", text
        )
        text = (
            re.sub(r"(?:-->|//\s*\]\]>|/\*\s*\]\]>\s*\*/|\]\]>)\s*$", "", text).strip().rstrip(";")
        )
        for attempt in (text, re.sub(r",(\s*[}\]])", r"\1", text)):
            try:
                # Not strict: line breaks inside of texts are common.
                yield json.loads(attempt, strict=False)
            except (ValueError, RecursionError):
                continue
            break


def _nodes(documents: Iterable[Any]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """All objects, and those of them that are organisations and not somebody else's."""
    nodes: list[dict[str, Any]] = []
    own: list[dict[str, Any]] = []
    waiting: list[tuple[Any, bool]] = [(one, True) for one in documents][::-1][-MOST_SCRIPTS:]
    while waiting and len(nodes) < MOST_NODES:
        node, is_own = waiting.pop()
        if isinstance(node, list):
            waiting += [(one, is_own) for one in reversed(node[:MOST_NODES])]
        elif isinstance(node, dict):
            nodes.append(node)
            if is_own and not KINDS.isdisjoint(_kinds(node)):
                own.append(node)
            waiting += [
                (value, is_own and str(name).lower() not in OF_OTHERS)
                for name, value in node.items()
                if isinstance(value, dict | list)
            ]
    return nodes, own


def _kinds(node: dict[str, Any]) -> set[str]:
    kinds = node.get("@type")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    return {re.split(r"[/#:]", kind)[-1] for kind in kinds if isinstance(kind, str)}


def _followed(value: Any, named: dict[str, dict[str, Any]]) -> Any:
    """What a reference (`{"@id": …}`) means, one step."""
    if isinstance(value, dict) and set(value) == {"@id"} and isinstance(value["@id"], str):
        return named.get(value["@id"], value)
    if isinstance(value, list):
        return [_followed(one, named) for one in value[:50]]
    return value


def _is_of(page: Page, node: dict[str, Any]) -> bool:
    """Whether the organisation's own address, if it has one, is on this site."""
    urls = [absolute(page.url, one) for one in _texts(node.get("url"), key="@id")]
    urls = [url for url in urls if url and not social_of(url)]
    return not urls or any(same_site(url.split("/")[2].split(":")[0], page.host) for url in urls)


def _said(node: dict[str, Any], page: Page) -> Iterator[Found]:
    def found(field: str, value: str, sure: int = SURE) -> Iterator[Found]:
        if value:
            yield Found(field, value, "json_ld", page.url, sure)

    name = _first(node.get("name"), 160)
    if not is_placeholder(name):
        yield from found("name", name)
    legal = _first(node.get("legalName"), 160)
    if not is_placeholder(legal):
        yield from found("legal_name", legal)
    yield from found("description", _first(node.get("description"), 500))
    places = [one for one in _list(node.get("address")) if isinstance(one, dict)]
    country = ""
    if len(places) == 1:
        for fact in _where(places[0], page):
            country = fact.value if fact.field == "country" else country
            yield fact
    region = country or country_of(page.host)
    phones = {phone_number(one, region) for one in _texts(node.get("telephone"))} - {""}
    if len(phones) == 1:
        yield from found("phone", phones.pop())
    elif not phones:
        desks = {
            phone_number(number, region)
            for desk in _list(node.get("contactPoint"))
            if isinstance(desk, dict)
            for number in _texts(desk.get("telephone"))
        } - {""}
        if len(desks) == 1:
            yield from found("phone", desks.pop(), 75)
    yield from found("employees", _employees(node.get("numberOfEmployees")))
    for number in [*_texts(node.get("vatID")), *_texts(node.get("taxID"))]:
        yield from found("vat_number", vat_number(number))
    founded = re.match(r"(1[5-9]\d\d|20\d\d)(?:\D|$)", _first(node.get("foundingDate"), 40))
    yield from found("founded", founded[1] if founded else "")
    yield from found("logo", _picture(node.get("logo"), page))
    for link in _texts(node.get("sameAs"), key="@id")[:50]:
        if social := social_of(link):
            yield from found(*social)


def _where(place: dict[str, Any], page: Page) -> Iterator[Found]:
    raw = place.get("addressCountry")
    raw = raw.get("name") or raw.get("identifier") if isinstance(raw, dict) else raw
    code = country_code(_first(raw, 60)) or ""
    street, city = _first(place.get("streetAddress"), 160), _first(place.get("addressLocality"), 80)
    values = {
        "country": code,
        "address": street if re.search(r"[^\W\d_]", street) else "",
        "postcode": postcode(_first(place.get("postalCode"), 16), code or country_of(page.host)),
        "city": city if re.search(r"[^\W\d_]", city) else "",
        "region": _first(place.get("addressRegion"), 80),
    }
    for field, value in values.items():
        if value and (field in {"postcode", "country"} or not is_placeholder(value)):
            yield Found(field, value, "json_ld", page.url, SURE)


def _employees(value: Any) -> str:
    value = value[0] if isinstance(value, list) and len(value) == 1 else value
    if isinstance(value, dict):
        if "minValue" in value or "maxValue" in value:
            return ""
        value = value.get("value")
    text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    number = int(text) if re.fullmatch(r"\d{1,7}", text.strip()) else 0
    return str(number) if number > 0 else ""


def _picture(value: Any, page: Page) -> str:
    for one in _list(value):
        one = one.get("url") or one.get("contentUrl") if isinstance(one, dict) else one
        for text in _texts(one):
            if target := absolute(page.url, text):
                return target if len(target) <= 500 else ""
    return ""


def _list(value: Any) -> list[Any]:
    return value[:50] if isinstance(value, list) else [] if value is None else [value]


def _texts(value: Any, *, key: str = "@value") -> list[str]:
    """The texts of a value: itself, those of a list, those with a language (`@value`)."""
    texts = []
    for one in _list(value):
        one = one.get(key) if isinstance(one, dict) else one
        if isinstance(one, int) and not isinstance(one, bool):
            one = str(one) if abs(one) < 10**18 else ""
        if isinstance(one, str) and one.strip():
            texts.append(one.strip())
    return texts


def _first(value: Any, longest: int) -> str:
    """The only text of a value; of several, none (nobody knows which is meant)."""
    texts = _texts(value)
    return tidy(html.unescape(texts[0][: 20 * longest]), longest) if len(set(texts)) == 1 else ""


def country_of(host: str) -> str:
    """The country that a host's top-level domain stands for, or nothing (.com, .io)."""
    top = host.rsplit(".", 1)[-1].lower()
    if top in SOLD_TO_ANYBODY or len(top) != 2:
        return ""
    return "GB" if top == "uk" else country_code(top) or ""


_SOLD_TO_ANYBODY = """io ai co me tv cc ws fm gg to ly la sh ac eu am ag vc bz nu so gl"""
SOLD_TO_ANYBODY = frozenset(_SOLD_TO_ANYBODY.split())
"""Country domains that firms of anywhere take for their sound."""
