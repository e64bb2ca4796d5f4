"""Statements as providers and banks keep them: headings, encodings, amounts, files that would harm."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from typing import Any

import pytest
import xlsxwriter

from kit.clock import VIETNAM
from services.payment.reconciliation import sheets
from services.payment.reconciliation.errors import StatementTooLarge, StatementUnreadable
from services.payment.reconciliation.lines import LineKind, Source
from services.payment.reconciliation.statements import Read, money, read

DAY = date(2020, 10, 26)
OURS = "dvc0000001H28201026000120201026080000a1b2c3"
HEADING = "Mã tham chiếu;Mã giao dịch;Loại;Số tiền;Thời gian"
ROWS = f"{OURS};GD1;Thanh toán;150.000;26/10/2020 08:00\ndvcX0001;GD2;Hoàn tiền;50,000;2020-10-26T09:00\n"


def of_provider(text: str, encoding: str = "utf-8") -> Read:
    return read(text.encode(encoding), "csv", Source.PROVIDER, DAY)


def of_bank(text: str) -> Read:
    return read(text.encode(), "csv", Source.BANK, DAY)


def workbook(rows: list[list[Any]], **cells: Any) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True, "default_date_format": "dd/mm/yyyy hh:mm"}) as book:
        page = book.add_worksheet()
        for r, row in enumerate(rows):
            page.write_row(r, 0, row)
        for place, cell in cells.items():
            page.write(place, cell)
    return target.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_csv_of_any_office(encoding: str, delimiter: str) -> None:
    text = "\r\n".join(
        delimiter.join(f'"{cell}"' if delimiter in cell else cell for cell in line.split(";"))
        for line in f"{HEADING}\n{ROWS}".splitlines()
    )
    pay, refund = of_provider(text, encoding).lines
    assert (pay.number, pay.reference, pay.transaction, pay.kind) == (2, OURS, "GD1", LineKind.PAY)
    assert (pay.amount, pay.at) == (150_000, datetime(2020, 10, 26, 8, tzinfo=VIETNAM))
    assert (refund.kind, refund.amount) == (LineKind.REFUND, 50_000)


def test_the_same_as_workbook_and_as_csv() -> None:
    at = datetime(2020, 10, 26, 8)  # noqa: DTZ001 (a cell has no zone)
    book = workbook(
        [
            ["reference", "transaction", "kind", "amount", "time", "STT"],
            [OURS, "GD1", "pay", 150_000, at, 1],
            ["dvcX0001", "GD2", "refund", "50.000 đ", "2020-10-26T09:00", 2],
        ]
    )
    found = read(book, "xlsx", Source.PROVIDER, DAY)
    assert found == of_provider(f"{HEADING}\n{ROWS}")


def test_titles_above_sums_below_and_other_columns_are_let_be() -> None:
    found = of_provider(
        f"Sao kê giao dịch\nTừ ngày 26/10/2020\n\n{HEADING}\n{ROWS};;;;\nTổng cộng;;;200.000;\n"
    )
    assert [line.number for line in found.lines] == [5, 6]


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        ("150.000", 150_000),
        ("150,000", 150_000),
        ("150 000 đ", 150_000),
        ("150.000,00", 150_000),
        ("1,150,000.00 VND", 1_150_000),
        ("-50.000", -50_000),
        ("0150000", 150_000),
        (150000.0, 150_000),
        (150000, 150_000),
    ],
)
def test_money(cell: Any, amount: int) -> None:
    assert money(cell) == amount


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (f"{OURS};GD1;pay;abc;", "amount-unreadable"),
        (f"{OURS};GD1;pay;1.50;", "amount-unreadable"),
        (f"{OURS};GD1;pay;1,500.000;", "amount-unreadable"),
        (f"{OURS};GD1;pay;0;", "amount-unreadable"),
        (f"{OURS};GD1;pay;-5.000;", "amount-unreadable"),
        (f"{OURS};GD1;pay;99999999999999999;", "amount-unreadable"),
        (f"{OURS};GD1;gift;5.000;", "kind-unknown"),
        (f"{OURS};GD1;pay;5.000;hôm qua", "time-unreadable"),
        (";GD1;pay;5.000;", "reference-missing"),
        (f"{OURS};;pay;5.000;", "transaction-missing"),
        (f"{OURS};G\x01D;pay;5.000;", "transaction-unreadable"),
        (f"{OURS}", "amount-unreadable"),
    ],
)
def test_a_row_that_cannot_be_read_says_why_and_stops_nothing(row: str, fault: str) -> None:
    found = of_provider(f"{HEADING}\n{row}\n{ROWS}")
    assert [line.fault for line in found.lines] == [fault, None, None]
    assert (found.lines[0].number, found.unreadable) == (2, 1)
    assert found.lines[0].raw


def test_a_quote_without_its_partner_costs_its_own_row_only() -> None:
    found = of_provider(f'{HEADING}\n"{OURS};GD0;pay;5.000;\n{ROWS}')
    assert [line.fault is None for line in found.lines] == [False, True, True]


def test_bank_lines_are_found_by_our_reference_in_their_text() -> None:
    found = of_bank(
        "Ngày giao dịch,Mã giao dịch,Số tài khoản,Số tiền,Nội dung\n"
        f"26/10/2020,FT1,3511.0.123,150000,NGUYEN THI AN CT {OURS.upper()} LE PHI\n"
        "26/10/2020,FT2,35110123,99000,TRAN VAN B TIEN NHA\n"
        f"26/10/2020,FT3,35110123,-50000,HOAN RF{'A' * 32}\n"
        "26/10/2020,FT4,35110123,nhieu,NGUYEN VAN C\n"
    )
    ours, foreign, back, broken = found.lines
    assert (ours.reference, ours.account, ours.amount) == (OURS, "3511.0.123", 150_000)
    assert (foreign.reference, found.foreign) == ("", 1)
    assert (back.reference, back.kind, back.amount) == (f"rf{'a' * 32}", LineKind.REFUND, 50_000)
    assert "NGUYEN" not in str(broken.raw)


@pytest.mark.parametrize(
    ("content", "form", "said"),
    [
        (b"", "csv", "Tệp không có dòng nào."),
        (b"\n ; \n", "csv", "Tệp không có dòng nào."),
        (
            "Mã tham chiếu;Màu\nA;B\n".encode(),
            "csv",
            "Không thấy dòng tiêu đề; thiếu cột Mã giao dịch, Số tiền.",
        ),
        (b"\xff\xfa\x80\x81", "csv", "CSV phải ở bảng mã UTF-8 hoặc UTF-16."),
        (b"PK\x03\x04 no workbook", "xlsx", "Tệp không phải là XLSX."),
        (b"%PDF-1.7", "xlsx", "Tệp không phải là XLSX."),
        (workbook([]), "xlsx", "Tệp không có dòng nào."),
        (f"{HEADING}\n{ROWS}".replace("2020", "2019").encode(), "csv", "Không có giao dịch nào của ngày"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(content: bytes, form: sheets.Format, said: str) -> None:
    with pytest.raises(StatementUnreadable) as caught:
        read(content, form, Source.PROVIDER, DAY)
    assert caught.value.body("vi")["detail"].startswith(said)


def test_headings_only_is_a_day_without_transactions() -> None:
    assert of_provider(HEADING).lines == []


def bomb(size: int) -> bytes:
    """A workbook with a part that unpacks to `size` zeros."""
    target = io.BytesIO(workbook([["a"]]))
    with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/x.xml", "w") as part:
        for _ in range(size // 2**20):
            part.write(bytes(2**20))
    return target.getvalue()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (bomb(129 * 2**20), "Tệp giải nén quá lớn."),
        (workbook([["a"]], XFD1048576="b"), "Bảng nhiều hơn 100000 dòng hoặc 40 cột."),
        (workbook([["a"]], A1048576="b"), "Bảng nhiều hơn 100000 dòng hoặc 40 cột."),
        (workbook([["a"]], XFD1="b"), "Bảng nhiều hơn 100000 dòng hoặc 40 cột."),
    ],
)
def test_a_workbook_that_unpacks_to_too_much_is_refused_unread(content: bytes, said: str) -> None:
    assert len(content) < 2**18
    with pytest.raises(StatementTooLarge) as caught:
        read(content, "xlsx", Source.PROVIDER, DAY)
    assert caught.value.body("vi")["detail"] == said


def test_more_than_a_hundred_thousand_rows_are_refused_unread() -> None:
    row = "dvcX0001;GD1;pay;1000;26/10/2020\n"
    with pytest.raises(StatementTooLarge) as caught:
        of_provider(f"{HEADING}\n{row * 100_101}")
    assert caught.value.body("en")["detail"] == "At most 100000 rows."
