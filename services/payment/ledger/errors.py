"""Each way to fail here, with a name."""

from __future__ import annotations

from kit.problem import Problem


class AccountOverlaps(Problem):
    status, code = 409, "payee-account-overlaps"
    title = {"vi": "Trùng thời gian với tài khoản khác", "en": "Another account is valid on these days"}
    detail = {
        "vi": "Cơ quan đã có tài khoản từ {valid_from}; tài khoản mới phải bắt đầu sau ngày đó.",
        "en": "The body has an account from {valid_from}; a new one has to begin after that day.",
    }
