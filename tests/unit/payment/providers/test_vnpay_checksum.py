"""VNPAY's checksums, against values computed elsewhere, and the texts that VNPAY takes."""

from __future__ import annotations

import hashlib
import hmac

import pytest

from services.payment.providers.vnpay_checksum import ANSWERED, ASKED, form, form_holds, row, row_holds, sign
from services.payment.providers.vnpay_text import plain, read_amount

SECRET = "VNPAY-SECRET-0001"
PAY = {
    "vnp_TxnRef": "MC0001", "vnp_Version": "2.1.0", "vnp_Command": "pay", "vnp_TmnCode": "MOTCUAHB",
    "vnp_Amount": "15000000", "vnp_CreateDate": "20261123101500", "vnp_ExpireDate": "20261123104500",
    "vnp_CurrCode": "VND", "vnp_IpAddr": "10.0.0.5", "vnp_Locale": "vn", "vnp_OrderType": "other",
    "vnp_OrderInfo": "Thanh toan phi le phi ho so 000.00.13.H28-261123-0001",
    "vnp_ReturnUrl": "http://gateway.test/return", "vnp_BankCode": "", "vnp_SecureHashType": "HmacSHA512",
}  # fmt: skip
#: openssl dgst -sha512 -hmac VNPAY-SECRET-0001, of the text written out by hand.
PAY_SUM = (
    "02a008e83f07b27506e7c3c778cf41eb19186324f74bdc675b9d5445dbc0d1bf"
    "40c54fdcc07ed654781170baa6a597b32820568d05526c87a7c94706bfedf4da"
)
QUESTION_SUM = (
    "2b9ab1a04eccdb956575fe2bdd7f5a4ebc87996498b0da08fd5f22f44003c686"
    "9c01528d4d59d8cd0a6dd4d656daaa4b46b555707d10aa89bcfe9fd2f598de9c"
)
QUESTION = {
    "vnp_RequestId": "RQ1", "vnp_Version": "2.1.0", "vnp_Command": "querydr", "vnp_TmnCode": "MOTCUAHB",
    "vnp_TxnRef": "MC0001", "vnp_TransactionDate": "20261123101500", "vnp_CreateDate": "20261123102000",
    "vnp_IpAddr": "127.0.0.1", "vnp_OrderInfo": "Hoi giao dich MC0001",
}  # fmt: skip


def sha512(text: str, secret: str = SECRET) -> str:
    return hmac.new(secret.encode(), text.encode(), hashlib.sha512).hexdigest()


def test_an_address_is_signed_as_openssl_signs_it() -> None:
    assert sign(form(PAY), SECRET) == PAY_SUM
    assert form_holds({**PAY, "vnp_SecureHash": PAY_SUM.upper()}, [SECRET])


def test_a_question_is_signed_as_openssl_signs_it() -> None:
    assert sign(row(ASKED["querydr"], QUESTION), SECRET) == QUESTION_SUM
    assert row_holds(ASKED["querydr"], {**QUESTION, "vnp_SecureHash": QUESTION_SUM}, [SECRET])


def test_a_refund_and_the_answers_have_their_documented_order() -> None:
    def letters(names: tuple[str, ...]) -> dict[str, str]:
        return {f"vnp_{name}": str(place) for place, name in enumerate(names)}

    refund = ("RequestId", "Version", "Command", "TmnCode", "TransactionType", "TxnRef",
              "Amount", "TransactionNo", "TransactionDate", "CreateBy", "CreateDate", "IpAddr",
              "OrderInfo")  # fmt: skip
    answer = ("ResponseId", "Command", "ResponseCode", "Message", "TmnCode", "TxnRef", "Amount", "BankCode",
              "PayDate", "TransactionNo", "TransactionType", "TransactionStatus", "OrderInfo")  # fmt: skip
    assert row(ASKED["refund"], letters(refund)) == "0|1|2|3|4|5|6|7|8|9|10|11|12"
    assert row(ANSWERED["refund"], letters(answer)) == "0|1|2|3|4|5|6|7|8|9|10|11|12"
    assert row(ANSWERED["querydr"], letters(answer)) == "0|1|2|3|4|5|6|7|8|9|10|11|12||"
    promoted = letters((*answer, "PromotionCode", "PromotionAmount"))
    assert sign(row(ANSWERED["querydr"], promoted), SECRET) == sha512("0|1|2|3|4|5|6|7|8|9|10|11|12|13|14")


def test_letters_of_an_address_are_encoded_as_in_a_form() -> None:
    parameters = {"vnp_B": "Đà Bắc & x=1/2", "vnp_A": "a+b", "vnp_C": "", "utm": "x", "vnp_SecureHash": "y"}
    assert form(parameters) == "vnp_A=a%2Bb&vnp_B=%C4%90%C3%A0+B%E1%BA%AFc+%26+x%3D1%2F2"
    assert sign(form(parameters), SECRET) == sha512(form(parameters))


@pytest.mark.parametrize("changes", [{"vnp_Amount": "100"}, {"vnp_BankCode": "NCB"}, {"vnp_SecureHash": ""}])
def test_what_was_altered_does_not_hold(changes: dict[str, str]) -> None:
    assert not form_holds({**PAY, "vnp_SecureHash": PAY_SUM, **changes}, [SECRET])


def test_two_secrets_hold_while_they_are_rotated_and_a_third_does_not() -> None:
    signed = {**PAY, "vnp_SecureHash": PAY_SUM}
    assert form_holds(signed, ["NEW", SECRET])
    assert not form_holds(signed, ["NEW", "OTHER"])
    assert not form_holds(signed, [])


def test_a_value_that_holds_the_separator_is_refused() -> None:
    cut = {**QUESTION, "vnp_IpAddr": "127.0.0.1|Hoi", "vnp_OrderInfo": "giao dich MC0001"}
    signed = {**cut, "vnp_SecureHash": sign(row(ASKED["querydr"], cut), SECRET)}
    assert not row_holds(ASKED["querydr"], signed, [SECRET])


def test_half_a_character_is_refused_and_breaks_nothing() -> None:
    broken = {**QUESTION, "vnp_OrderInfo": "\ud800", "vnp_SecureHash": "\ud800"}
    assert not row_holds(ASKED["querydr"], broken, [SECRET])
    assert not form_holds({**PAY, "vnp_OrderInfo": "\ud800", "vnp_SecureHash": PAY_SUM}, [SECRET])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Lệ phí “cấp phép” xây dựng|Đà Bắc", "Le phi cap phep xay dung Da Bac"),
        ("000.00.13.H28-261123-0001", "000.00.13.H28-261123-0001"),
        ("x" * 300, "x" * 255),
        ("***", ""),
    ],
)
def test_words_are_told_without_accents_and_signs(text: str, told: str) -> None:
    assert plain(text) == told


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("15000000", 150_000), ("100", 1), ("15000050", None), ("0", None), ("00", None), ("-100", None),
        ("1e5", None), ("", None), ("100\n", None), ("١٠٠00", None), ("1" * 20 + "00", None),
    ],
)  # fmt: skip
def test_amounts_are_whole_dong(text: str, amount: int | None) -> None:
    assert read_amount(text) == amount
