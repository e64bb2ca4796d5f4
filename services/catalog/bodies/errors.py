"""Each way in which the tree of bodies refuses."""

from __future__ import annotations

from kit.problem import InvalidInput, NotFound, Problem


class UnitMissing(NotFound):
    code = "unit-not-found"
    title = {"vi": "Không có đơn vị này", "en": "No such unit"}


class AgencyExists(Problem):
    status, code = 409, "agency-exists"
    title = {"vi": "Mã cơ quan đã có", "en": "The code is taken"}


class UnitExists(Problem):
    status, code = 409, "unit-exists"
    title = {"vi": "Mã đơn vị đã có", "en": "The code is taken"}


class TreeBroken(InvalidInput):
    """What does not fit into the tree, each with its place."""

    code = "tree-broken"
    title = {"vi": "Không khớp với cây tổ chức", "en": "It does not fit into the tree"}


class HasSuccessor(Problem):
    status, code = 409, "has-successor"
    title = {"vi": "Cơ quan đã có cơ quan kế thừa", "en": "The body is part of a succession"}
    detail = {
        "vi": "Thời gian tồn tại của {body} theo quyết định tổ chức lại; không sửa riêng được.",
        "en": "The days of {body} follow from a reorganisation and cannot be changed alone.",
    }


class PlanRefused(InvalidInput):
    """All that stands against a plan, each with the line of its row."""

    code = "plan-refused"
    title = {"vi": "Kế hoạch chưa dùng được", "en": "The plan cannot be applied"}
