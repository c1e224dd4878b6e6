"""Files as they come: codings, separators, quotes, gzip, spreadsheets."""

from __future__ import annotations

import csv
import gzip
import io
import os
import zipfile
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadans.exchange.tables import open_table
from cadans.ground.errors import Invalid

TORTURE = (
    Path(os.environ.get("SHARED_DATA", Path(__file__).resolve().parents[3] / "shared" / "data"))
    / "crm-export-shapes"
    / "salesforce-dataloader"
)


def read(tmp_path: Path, data: bytes, name: str = "file.csv") -> tuple[list[str], list[list[str]]]:
    path = tmp_path / name
    path.write_bytes(data)
    table = open_table(path)
    return table.headers, [line.cells for line in table.lines()]


HALF_PAST_TWELVE = datetime.fromisoformat("2025-04-03T12:30")
TEXT = "naam;plaats\r\nCafé Zoë;’s-Gravenhage\r\n€uro;Ĳmuiden\r\n"
PLAIN = "naam;plaats\r\nCafé Zoë;'s-Gravenhage\r\n€uro “bv”;Zoutkamp\r\n"


@pytest.mark.parametrize(
    "coding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
def test_every_coding_of_unicode_is_read(tmp_path: Path, coding: str) -> None:
    headers, rows = read(tmp_path, TEXT.encode(coding))
    assert headers == ["naam", "plaats"]
    assert rows == [["Café Zoë", "’s-Gravenhage"], ["€uro", "Ĳmuiden"]]


def test_windows_1252_is_recognised(tmp_path: Path) -> None:
    _headers, rows = read(tmp_path, PLAIN.encode("cp1252"))
    assert rows == [["Café Zoë", "'s-Gravenhage"], ["€uro “bv”", "Zoutkamp"]]


def test_bad_bytes_far_down_do_not_break_what_began_as_utf_8(tmp_path: Path) -> None:
    data = b"naam,n\n" + b"Jansen,1\n" * 200_000 + "Zoë,2\n".encode("cp1252")
    path = tmp_path / "file.csv"
    path.write_bytes(data)
    *_rest, last = open_table(path).lines()
    assert last.cells == ["Zoë", "2"]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separators_are_found(tmp_path: Path, separator: str) -> None:
    rows = [["id", "naam", "waarde"], ["1", "A, B; C", "1.000,50"], ["2", "D", "2"]]
    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerows(rows)
    assert read(tmp_path, text.getvalue().encode()) == (rows[0], rows[1:])


def test_gzip_is_unpacked(tmp_path: Path) -> None:
    assert read(tmp_path, gzip.compress(b"a,b\n1,2\n"), "x.csv.gz") == (["a", "b"], [["1", "2"]])


def test_half_a_gzip_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match=r"gz"):
        read(tmp_path, gzip.compress(b"a,b\n" + os.urandom(5000).hex().encode())[:800], "x.csv.gz")


def test_an_empty_last_column_and_blank_rows_are_nothing(tmp_path: Path) -> None:
    headers, rows = read(tmp_path, b"\n,,\na,b,,\n1,2,,\n\n,,,\n3,4,,\n")
    assert (headers, rows) == (["a", "b"], [["1", "2"], ["3", "4"]])


def test_excels_own_hint_is_heeded(tmp_path: Path) -> None:
    assert read(tmp_path, b"sep=;\r\na;b\r\n1,5;2\r\n") == (["a", "b"], [["1,5", "2"]])


def test_a_row_that_is_too_long_is_told_and_a_short_one_filled(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(b"a,b\n1\n1,2,3\n4,5\n")
    short, long, good = open_table(path).lines()
    assert short.cells == ["1", ""]
    assert "3" in long.fault
    assert (good.number, good.fault) == (4, "")


def test_a_quote_that_is_never_closed_spoils_its_rows_only(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(b'a,b\n1,2\n3,"x"y\n5,6\n7,"never closed\n')
    faults = [(line.number, bool(line.fault)) for line in open_table(path).lines()]
    assert faults == [(2, False), (3, True), (4, False), (5, True)]


def test_line_numbers_count_lines_within_quotes(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(b'a,b\n1,"two\nlines"\n3,4\n')
    assert [line.number for line in open_table(path).lines()] == [2, 4]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xef\xbb\xbf",
        b"\n\n",
        b"%PDF-1.7\x00\x01\x02",
        b"\x89PNG\r\n\x1a\n\x00\x00",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"PK\x03\x04",
        b"\xff\xfea",
    ],
)
def test_what_is_no_table_is_refused_with_a_reason(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(Invalid) as refusal:
        read(tmp_path, data)
    assert refusal.value.message


def test_a_spreadsheet_keeps_its_kinds(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["naam", "waarde", "dag", "moment", None])
    book.active.append(["A", 1234.5, date(2025, 4, 3), HALF_PAST_TWELVE, None])
    book.active.append(["B", 12, None, None, None])
    book.active.append([None, None, None, None, None])
    path = tmp_path / "file.xlsx"
    book.save(path)
    table = open_table(path)
    assert table.headers == ["naam", "waarde", "dag", "moment"]
    first, second = table.lines()
    assert first.cells == ["A", Decimal("1234.5"), date(2025, 4, 3), HALF_PAST_TWELVE]
    assert second.cells == ["B", Decimal(12), "", ""]


def test_another_zip_is_no_spreadsheet(tmp_path: Path) -> None:
    path = tmp_path / "file.xlsx"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("hello.txt", "hello")
    with pytest.raises(Invalid, match="XLSX"):
        open_table(path)


CELLS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff\ufffe\uffff"),
    max_size=12,
)


@given(
    rows=st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=20),
    separator=st.sampled_from(",;\t"),
    coding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_whatever_is_written_is_read_again(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[list[str]],
    separator: str,
    coding: str,
    end: str,
) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=separator, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerows([["one", "two", "three"], *rows])
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(text.getvalue().encode(coding))
    table = open_table(path)
    assert table.headers == ["one", "two", "three"]
    assert [line.cells for line in table.lines()] == [row for row in rows if any(row)]


@given(data=st.binary(min_size=1, max_size=400))
def test_any_bytes_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "bytes.csv"
    path.write_bytes(data)
    with suppress(Invalid):
        for line in open_table(path).lines():
            assert line.fault or len(line.cells) >= 1


@pytest.mark.skipif(not TORTURE.is_dir(), reason=f"no {TORTURE}: set SHARED_DATA")
@pytest.mark.parametrize(
    "name",
    ["csvtext.csv", "csvtext_BOM_UTF8.csv", "csvtext_BOM_UTF16LE.csv", "csvtext_BOM_UTF16BE.csv"],
)
def test_salesforces_own_torture_files_are_read(name: str) -> None:
    table = open_table(TORTURE / name)
    assert table.headers == ["column1", "column2", "column3"]
    assert [line.cells for line in table.lines()] == [
        ["row1-1", "row1-2", "row1-3"],
        ["row2-1", "row2-2", "row2-3"],
    ]


@pytest.mark.skipif(not TORTURE.is_dir(), reason=f"no {TORTURE}: set SHARED_DATA")
def test_escaped_quotes_are_read() -> None:
    rows = [line.cells for line in open_table(TORTURE / "csvEscapedQuotes.csv").lines()]
    assert rows == [['"The Best" Account', "bla"], ['The "Best" Account', "bla"]]


@pytest.mark.skipif(not TORTURE.is_dir(), reason=f"no {TORTURE}: set SHARED_DATA")
def test_a_mark_of_one_coding_before_another_is_refused() -> None:
    with pytest.raises(Invalid):
        open_table(TORTURE / "csvtext_BOM_UTF32LE.csv")
