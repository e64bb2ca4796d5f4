import re
from collections import Counter

from tests.unit.data.files import rows

IDENTIFIER = re.compile(r"\d{3}\.\d{2}\.\d{2}\.H28")


def test_the_set_of_2020_is_complete() -> None:
    in_2020 = [row for row in rows("units.csv") if row["valid_from"] <= "2020-07-14" <= row["valid_to"]]
    assert Counter(row["level"] for row in in_2020) == {"province": 1, "district": 10, "commune": 151}


def test_unit_codes_are_unique_and_have_the_official_length() -> None:
    units = rows("units.csv")
    assert len({row["code"] for row in units}) == len(units)
    length = {"province": 2, "district": 3, "commune": 5}
    assert all(len(row["code"]) == length[row["level"]] for row in units)


def test_each_unit_lies_in_one_of_the_level_above() -> None:
    level = {row["code"]: row["level"] for row in rows("units.csv")}
    above = {"province": None, "district": "province", "commune": "district"}
    assert all(level.get(row["parent_code"]) == above[row["level"]] for row in rows("units.csv"))


def test_the_merger_of_2025_ends_the_set_and_its_successor_is_listed() -> None:
    units = {row["code"]: row for row in rows("units.csv")}
    ended = [row for row in units.values() if row["valid_to"]]
    assert {row["valid_to"] for row in ended} == {"2025-06-30"}
    assert len(ended) == len(units) - 1
    successor = units[units["17"]["successor_code"]]
    assert (successor["name"], successor["valid_from"]) == ("Tỉnh Phú Thọ", "2025-07-01")
    assert not any(row["successor_code"] for row in ended if row["level"] != "province")


def test_agency_identifiers_are_unique_well_formed_and_marked_as_samples() -> None:
    codes = [row["code"] for row in rows("agencies.csv")]
    assert len(set(codes)) == len(codes) == 185
    assert all(IDENTIFIER.fullmatch(code) for code in codes)
    assert {row["sample_identifier"] for row in rows("agencies.csv")} == {"true"}


def test_agencies_form_one_tree() -> None:
    agencies = {row["code"]: row for row in rows("agencies.csv")}
    assert [code for code, row in agencies.items() if not row["parent_code"]] == ["000.00.00.H28"]
    parent_level = {"province": "province", "district": "province", "commune": "district"}
    for row in agencies.values():
        if row["parent_code"]:
            parent = agencies[row["parent_code"]]
            assert parent["government_level"] == parent_level[row["government_level"]]
            assert parent["kind"] == "peoples_committee"


def test_an_agency_sits_in_a_unit_of_its_level_and_as_long_as_it() -> None:
    units = {row["code"]: row for row in rows("units.csv")}
    for row in rows("agencies.csv"):
        unit = units[row["unit_code"]]
        assert unit["level"] == row["government_level"]
        assert (unit["valid_from"], unit["valid_to"]) == (row["valid_from"], row["valid_to"])


def test_a_commune_committee_is_below_the_committee_of_its_own_district() -> None:
    units = {row["code"]: row for row in rows("units.csv")}
    agencies = {row["code"]: row for row in rows("agencies.csv")}
    for row in rows("agencies.csv"):
        if row["government_level"] == "commune":
            assert units[row["unit_code"]]["parent_code"] == agencies[row["parent_code"]]["unit_code"]


def test_the_one_stop_centre_receives_for_all_provincial_bodies_and_nobody_else_does() -> None:
    agencies = rows("agencies.csv")
    receivers = {row["code"]: row["receives_for"].split() for row in agencies if row["receives_for"]}
    served = [row["code"] for row in agencies if row["kind"] in {"department", "other"}]
    assert receivers == {"000.00.01.H28": served}


def test_each_agency_says_where_and_when_it_receives() -> None:
    assert all(row["address"].endswith("(địa chỉ mẫu)") for row in rows("agencies.csv"))
    assert all("07:30–11:30" in row["reception_hours"] for row in rows("agencies.csv"))
