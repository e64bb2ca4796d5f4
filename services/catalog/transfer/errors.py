"""What can be wrong with an import or export, with a name each."""

from __future__ import annotations

from kit.problem import InvalidInput, NotFound, Problem


class TransferMissing(NotFound):
    code = "transfer-not-found"
    title = {"vi": "Không có lần nhập, xuất này", "en": "No such import or export"}


class FileRefused(InvalidInput):
    """The file as a whole: its type or its headings. `errors` says everything that is wrong."""

    code = "import-file-refused"
    title = {"vi": "Tệp không nhập được", "en": "The file cannot be imported"}


class NotFinished(Problem):
    status, code = 409, "transfer-not-finished"
    title = {"vi": "Chưa có kết quả", "en": "There is no result yet"}
    detail = {"vi": "Trạng thái hiện tại: {state}.", "en": "Its state is {state}."}


class Finished(Problem):
    status, code = 409, "transfer-finished"
    title = {"vi": "Đã kết thúc, không hủy được", "en": "It has ended and cannot be cancelled"}


class LeaseLost(Exception):
    """Somebody else works on it, or it was cancelled: what was begun is given up."""
