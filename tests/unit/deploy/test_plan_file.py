"""The plan of a reorganisation, as a spreadsheet saves it."""

from __future__ import annotations

import codecs

import pytest

from deploy import plan_file

HEAD = "old,new,from,decision"
ROW = "000.00.09.H28,H28.70,2020-12-01,1/QĐ-UBND"


@pytest.mark.parametrize(
    "content",
    [
        f"{HEAD}\n{ROW}\n".encode(),
        codecs.BOM_UTF8 + f"{HEAD}\r\n{ROW}\r\n".encode(),
        f"sep=;\n{HEAD}\n{ROW}".replace(",", ";").encode(),
        f"{HEAD}\n{ROW}".replace(",", "\t").encode("utf-16"),
        f"Mã cũ,MÃ MỚI, từ  ngày ,Quyết định\n{ROW}\n,,,\n".encode(),
        f'{HEAD}\n"000.00.09.H28","H28.70",01/12/2020,"1/QĐ-UBND"'.encode(),
    ],
    ids=["plain", "mark", "semicolons", "utf-16", "vietnamese", "quoted"],
)
def test_however_it_was_saved_it_says_the_same(content: bytes) -> None:
    found = plan_file.read(content)
    assert found.faults == []
    assert [(row["old"], row["new"], row["starts"], row["decision"], row["kind"]) for row in found.rows] == [
        ("000.00.09.H28", "H28.70", "2020-12-01", "1/QĐ-UBND", "agency")
    ]


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("", {(1, name) for name in plan_file.NEEDED}),
        (HEAD, {(0, "")}),
        ("old,from,decision,colour\n", {(1, "new"), (1, "colour")}),
        ("old,new,new,from,decision\n", {(1, "new")}),
        (f"{HEAD},main,kind\n{ROW},maybe,body\n", {(2, "main"), (2, "kind")}),
        (f"{HEAD}\n{ROW}\n\nA,B,2020-13-01,\n", {(4, "from"), (4, "decision")}),
    ],
)
def test_every_fault_with_its_line_and_column(text: str, places: set[tuple[int, str]]) -> None:
    found = plan_file.read(text.encode())
    assert {(fault.line, fault.column) for fault in found.faults} == places


def test_another_encoding_is_said_and_not_guessed() -> None:
    found = plan_file.read(f"{HEAD}\n{ROW}".encode("cp1258", errors="replace") + b"\xd0\xff")
    assert [fault.line for fault in found.faults] == [0]
    assert "UTF-8" in found.faults[0].words
