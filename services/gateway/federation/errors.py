"""Each way to fail, with a name."""

from __future__ import annotations

from kit.problem import NotFound, Problem


class DossierNotFederated(NotFound):
    code = "dossier-not-federated"
    detail = {
        "vi": "Hồ sơ {dossier} không có trong danh sách đồng bộ với Cổng Dịch vụ công Quốc gia.",
        "en": "Dossier {dossier} is not among those shared with the national portal.",
    }


class SyncUnknown(NotFound):
    code = "procedure-sync-unknown"


class SyncUnderWay(Problem):
    """One sync at a time: the one under way is named."""

    status, code = 409, "procedure-sync-under-way"
    title = {"vi": "Đang đồng bộ thủ tục", "en": "A sync of procedures is under way"}
    detail = {
        "vi": "Lần đồng bộ {sync} chưa xong; hãy theo dõi lần đó.",
        "en": "Sync {sync} has not ended; follow that one.",
    }
