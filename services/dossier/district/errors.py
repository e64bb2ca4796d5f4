"""What districts do wrong, with a name each."""

from __future__ import annotations

from kit.problem import NotFound, Problem


class BatchMissing(NotFound):
    code = "batch-not-found"
    title = {"vi": "Không có lô này", "en": "No such batch"}


class StepOutOfOrder(Problem):
    """Steps of districts come in their order, and not from the future; and with what they need."""

    status, code = 422, "step-out-of-order"
    title = {"vi": "Bước không đúng trình tự", "en": "The step is out of order"}
    detail = {"vi": "Bước trước là lúc {last}.", "en": "The step before was at {last}."}


class StepIncomplete(Problem):
    status, code = 422, "step-incomplete"
    title = {"vi": "Bước thiếu thông tin", "en": "The step lacks something"}


class StepReused(Problem):
    status, code = 422, "step-reused"
    title = {"vi": "Mã bước đã dùng cho bước khác", "en": "Another step was told under this name"}


class StepSkipped(Problem):
    status, code = 409, "earlier-step-refused"
    title = {"vi": "Bước trước của hồ sơ đã bị từ chối", "en": "An earlier step of the dossier was refused"}


class SheetUnreadable(Problem):
    status, code = 422, "sheet-unreadable"
    title = {"vi": "Không đọc được bảng tính", "en": "The sheet cannot be read"}
    detail = {"vi": "{why_vi}", "en": "{why_en}"}
