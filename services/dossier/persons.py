"""People on screens: what is shown of an applicant, and to whom (rule 16); who took a step. Pure but for the
vault.

Forms differ by procedure and citizens write numbers where nobody asked, so of a form the values are looked
at, not the names of the fields. Rather too much is masked than too little.
"""

from __future__ import annotations

import re
from typing import Any

from kit.problem import Language
from kit.vault import mask
from services.dossier.answers import ApplicantItem
from services.dossier.models import Dossier, Step
from services.dossier.office import Office
from services.dossier.status import TRANSITIONS, Action, Who

#: Nine digits or more, spaced or not (cards, personal numbers, tax codes, also phones), and passports.
_NUMBER = re.compile(r"[0-9](?:[ .]?[0-9]){8,}|\b[A-Z]{1,2}[0-9]{6,8}\b")


#: The owner, and those who work on it: officers and leaders of a body concerned or of one above.
_CLEAR = {Who.OWNER, Who.OFFICER, Who.LEADER}


def form(office: Office, dossier: Dossier, who: frozenset[Who]) -> Any:
    """In the clear for `_CLEAR`; for advisers, auditors and cashiers with the numbers of persons masked."""
    whole = office.vault.open(dossier.form)
    return whole if who & _CLEAR else masked(whole, numbers_of(office.vault.open(dossier.applicant)))


def facts(office: Office, dossier: Dossier, who: frozenset[Who]) -> dict[str, Any]:
    """What `facts.kept` sealed; for those who get the form masked, without exemptions and explanations, which
    name them."""
    whole: dict[str, Any] = {"case": None, "copies": 1, "exemptions": [], "explanations": {}}
    if dossier.facts is not None:
        whole = office.vault.open(dossier.facts)
    return whole if who & _CLEAR else {**whole, "exemptions": None, "explanations": {}}


def applicant(office: Office, dossier: Dossier, *, own: bool) -> dict[str, Any]:
    """As the owner gave it; for others the paper numbers are masked."""
    found: dict[str, Any] = office.vault.open(dossier.applicant)
    if not own:
        found["papers"] = [{**paper, "number": mask(paper["number"])} for paper in found["papers"]]
        if number := found.get("on_behalf", {}).get("paper_number"):
            found["on_behalf"]["paper_number"] = mask(number)
    found.pop("tech_id", None)
    return found


def in_a_list(office: Office, dossier: Dossier) -> ApplicantItem:
    """The name, and the number of the first paper, masked for everybody."""
    found = office.vault.open(dossier.applicant)
    number = next((paper["number"] for paper in found["papers"]), None)
    return ApplicantItem(name=found["name"], paper_number=number and mask(number))


def numbers_of(person: dict[str, Any]) -> set[str]:
    """The identity numbers of an applicant, and of whom they act for."""
    known = [paper["number"] for paper in person["papers"]]
    known.append(person.get("on_behalf", {}).get("paper_number"))
    return {_plain(number) for number in known if number}


def masked(value: Any, known: set[str]) -> Any:
    """A JSON value without numbers of persons; `known` are masked whatever they look like."""
    if isinstance(value, dict):
        return {key: masked(item, known) for key, item in value.items()}
    if isinstance(value, list):
        return [masked(item, known) for item in value]
    if isinstance(value, str):
        return mask(value) if _plain(value) in known else _NUMBER.sub(lambda found: mask(found[0]), value)
    if isinstance(value, int) and str(value) in {number.lstrip("0") for number in known}:
        return mask(str(value))
    return value


def _plain(number: str) -> str:
    return "".join(number.split()).upper()


def taken_by(row: Step, language: Language) -> str:
    """A name; where none was said, the applicant for what is theirs to do (a payment too, of which a service
    tells) or was done by an account of theirs, else the office."""
    if row.actor_name:
        return row.actor_name
    theirs = TRANSITIONS[Action(row.action)].who & {Who.OWNER, Who.SERVICE}
    if theirs or row.actor.partition(":")[0] not in ("staff", "system", "service"):
        return {"vi": "Người nộp hồ sơ", "en": "The applicant"}[language]
    return {"vi": "Cán bộ của cơ quan", "en": "An officer"}[language]
