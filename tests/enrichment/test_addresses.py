"""What an e-mail address says by itself (reading/addresses.py)."""

import pytest

from cadans.enrichment.reading.addresses import Domain, address_of, kind_of_domain, name_in
from cadans.enrichment.reading.found import SURE


@pytest.mark.parametrize(
    ("local", "name", "is_sure"),
    [
        ("jan.jansen", "Jan Jansen", True),
        ("jan_jansen", "Jan Jansen", True),
        ("jan-jansen", "Jan Jansen", True),
        ("jan.van.dijk", "Jan van Dijk", True),
        ("els.de-wit", "Els de Wit", True),
        ("anne-marie.smit", "Anne-Marie Smit", True),
        ("jan.jansen+crm", "Jan Jansen", True),
        ("zoë.café", "Zoë Café", True),
        ("j.jansen", "J. Jansen", False),
        ("jd.smit", "Jd Smit", False),
        ("jan.jansen82", "Jan Jansen", False),
        ("jan", None, False),
        ("jjansen", None, False),
        ("jan.j", None, False),
        ("info", None, False),
        ("sales.team", None, False),
        ("info-nl", None, False),
        ("no-reply", None, False),
        ("4711", None, False),
        ("x9.y2z", None, False),
        ("a.b.c.d.e.f", None, False),
        ("jan.van", None, False),
        ('"<script>"', None, False),
    ],
)
def test_a_name_is_guessed_with_care(local, name, is_sure):
    found = name_in(address_of(f"{local}@kade.nl"))
    assert (found.value if found else None) == name
    assert (found is not None and found.confidence >= SURE) is is_sure


@pytest.mark.parametrize(
    ("domain", "kind"),
    [
        ("kadestroom.nl", Domain.COMPANY),
        ("mail.kadestroom.co.uk", Domain.COMPANY),
        ("gmail.com", Domain.FREE),
        ("ziggo.nl", Domain.FREE),
        ("telenet.be", Domain.FREE),
        ("hotmail.nl", Domain.FREE),
        ("mailinator.com", Domain.THROWAWAY),
        ("x.mailinator.com", Domain.THROWAWAY),
        ("kade.example", Domain.RESERVED),
        ("printer.local", Domain.RESERVED),
        ("localhost", Domain.RESERVED),
        ("co.uk", Domain.RESERVED),
    ],
)
def test_whose_a_domain_is_is_known(domain, kind):
    assert kind_of_domain(domain) is kind


def test_the_domain_is_the_one_that_was_registered():
    assert address_of("jan@mail.kade.co.uk").domain == "kade.co.uk"
    assert address_of("Jan@Kade.NL").domain == "kade.nl"


@pytest.mark.parametrize("raw", ["", "jan", "@kade.nl", "jan@"])
def test_what_is_no_address_is_none(raw):
    assert address_of(raw) is None
