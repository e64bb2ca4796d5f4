import unicodedata
from collections import Counter
from typing import Any

import pytest

from tests.unit.data.files import DATA, agencies_of, code_lists, codes, offered, offerings, procedures, rows

KEYS = {
    "code", "name", "sample", "field", "government_levels", "audiences", "channels", "description",
    "requirements", "steps", "processing_time", "papers", "fees", "results", "legal_basis", "form",
}  # fmt: skip
UNITS = {"working_days", "hours", "days", "months"}


def plain(text: str) -> str:
    """As people type it in a hurry: lower case, without accents."""
    marks_off = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return marks_off.lower().replace("đ", "d")


def test_the_catalogue_has_the_promised_breadth() -> None:
    contents = procedures().values()
    assert 40 <= len(contents) <= 60
    levels = Counter(level for content in contents for level in content["government_levels"])
    assert levels["province"] >= 20
    assert levels["district"] >= 12
    assert levels["commune"] >= 10
    assert len({content["field"]["code"] for content in contents}) >= 12
    assert any(len(content["government_levels"]) > 1 for content in contents)
    times = [content["processing_time"] for content in contents]
    assert {time["unit"] for time in times if time} == UNITS
    assert None in times
    assert 3 <= sum(content["form"] is None for content in contents) <= 4


@pytest.mark.parametrize("stem", procedures())
def test_a_procedure_has_the_one_shape(stem: str) -> None:
    content = procedures()[stem]
    assert set(content) - {"cases"} == KEYS
    assert content["code"] == stem
    assert content["sample"] is True
    assert set(content["government_levels"]) <= codes("government_level")
    assert set(content["audiences"]) <= codes("audience")
    assert set(content["channels"]) <= codes("channel")
    assert ("online" in content["channels"]) == (content["form"] is not None)
    time = content["processing_time"]
    assert time is None or (time["unit"] in codes("processing_unit") and time["amount"] > 0)
    assert all(
        content[key] for key in ("name", "description", "requirements", "steps", "results", "legal_basis")
    )


@pytest.mark.parametrize("stem", procedures())
def test_papers_and_fee_lines_are_complete(stem: str) -> None:
    content = procedures()[stem]
    for kind in ("papers", "fees", "results"):
        named = [line["code"] for line in content[kind]]
        assert len(set(named)) == len(named)
    for paper in content["papers"]:
        assert paper["originals"] + paper["copies"] > 0
        assert set(paper["types"]) <= {"application/pdf", "image/jpeg", "image/png"}
        assert 0 < paper["max_bytes"] <= 25 * 1024 * 1024
    for fee in content["fees"]:
        assert fee["kind"] in codes("fee_kind")
        assert fee["due_at"] in codes("due_at")
        assert fee["amount"] is None or fee["amount"] > 0  # unknown is null, free has no line


def test_codes_and_names_are_unique_and_a_field_has_one_name() -> None:
    contents = procedures().values()
    assert len({content["name"] for content in contents}) == len(contents)
    fields = {(content["field"]["code"], content["field"]["name"]) for content in contents}
    assert len(fields) == len({code for code, _ in fields}) == len({name for _, name in fields})


def test_the_shortest_of_many_permits_is_the_building_permit() -> None:
    """So that a search for "cap giay phep" has something to rank, and the demo a first hit."""
    permits = [
        content for content in procedures().values() if plain(content["name"]).startswith("cap giay phep")
    ]
    assert len({content["field"]["code"] for content in permits}) >= 6
    assert min(permits, key=lambda content: len(content["name"]))["code"] == "9.000001"


def test_the_building_permit_costs_a_fee_and_a_charge_at_submission() -> None:
    permit = procedures()["9.000001"]
    assert {fee["kind"] for fee in permit["fees"]} == {"fee", "charge"}
    assert {fee["due_at"] for fee in permit["fees"]} == {"submission"}
    assert [paper["code"] for paper in permit["papers"] if paper["required"]] == ["GT-01", "GT-02"]
    assert permit["papers"][0]["types"] == ["application/pdf"]
    assert permit["processing_time"] == {"amount": 15, "unit": "working_days"}


@pytest.mark.parametrize("code", ["9.000002", "9.000003"])
def test_a_quick_procedure_asks_for_no_paper_and_no_money(code: str) -> None:
    content = procedures()[code]
    assert (content["papers"], content["fees"]) == ([], [])
    assert len(content["form"]["schema"]["properties"]) <= 4


def test_every_procedure_is_offered_by_existing_bodies_of_its_levels() -> None:
    level = {row["code"]: row["government_level"] for row in rows("agencies.csv")}
    kind = {row["code"]: row["kind"] for row in rows("agencies.csv")}
    levels: dict[str, set[str]] = {}
    for procedure, agency, _ in offered():
        levels.setdefault(procedure, set()).add(level[agency])
        assert kind[agency] != "one_stop_centre"  # it receives, it offers nothing of its own
    assert levels == {code: set(content["government_levels"]) for code, content in procedures().items()}


def test_a_body_offers_a_procedure_once() -> None:
    pairs = Counter((procedure, agency) for procedure, agency, _ in offered())
    assert max(pairs.values()) == 1


def test_offerings_stand_at_all_levels_and_some_procedures_at_two() -> None:
    assert {offering["online_level"] for offering in offerings()} == {2, 3, 4}
    assert {offering["mandated"] for offering in offerings()} == {True, False}
    levels: dict[str, set[int]] = {}
    for offering in offerings():
        levels.setdefault(offering["procedure"], set()).add(offering["online_level"])
    assert any({3, 4} <= found for found in levels.values())


def ids(offering: dict[str, Any]) -> str:
    return f"{offering['procedure']}-{offering['online_level']}-{len(agencies_of(offering))}"


@pytest.mark.parametrize("offering", offerings(), ids=ids)
def test_an_offering_is_possible(offering: dict[str, Any]) -> None:
    content = procedures()[offering["procedure"]]
    assert (offering["decision"], offering["valid_from"]) == ("1588/QĐ-UBND", "2020-07-14")
    assert (content["form"] is not None) == (offering["online_level"] >= 3)
    payable = offering["online_level"] == 4 and bool(content["fees"])
    assert offering["pay_online_from"] == ("2020-10-01" if payable else None)
    assert offering["pilot"] is payable
    if offering["online_level"] == 4:
        assert all(fee["amount"] is not None for fee in content["fees"])


def test_a_code_list_has_a_name_labels_and_unique_codes() -> None:
    for stem, found in code_lists().items():
        assert found["name"] == stem
        named = [item["code"] for item in found["items"]]
        assert len(set(named)) == len(named)
        assert all(item["vi"] and item["en"] for item in found["items"])


def test_the_states_carry_the_national_codes() -> None:
    states = [item for item in code_lists()["dossier_status"]["items"] if "national" in item]
    assert [item["national"] for item in states] == [str(number) for number in range(1, 11)]
    assert [item["code"] for item in states] == [
        "submitted", "accepted", "refused", "in_progress", "supplement_requested",
        "payment_required", "withdrawn", "stopped", "completed", "returned",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "path", sorted(p for p in DATA.rglob("*") if p.is_file()), ids=lambda path: path.name
)
def test_all_text_is_nfc_and_ends_with_a_line_break(path: Any) -> None:
    text = path.read_bytes().decode("utf-8")
    assert unicodedata.is_normalized("NFC", text)
    assert text.endswith("\n")
    assert "\r" not in text
