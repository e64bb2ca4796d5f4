"""RFC 9457 problem+json from everything that can fail, in the caller's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ValidationError
from starlette.exceptions import HTTPException
from starlette.status import HTTP_304_NOT_MODIFIED

from kit.wording import VALIDATION_WORDS

Language = Literal["vi", "en"]
Words = Mapping[str, str]

log = structlog.get_logger()


class FieldError(BaseModel):
    """One fault of the input: where it is (JSON pointer, parameter, row or cell), a stable code, words."""

    code: str
    detail: str
    pointer: str | None = None
    parameter: str | None = None
    row: int | None = None
    cell: str | None = None


class Problem(Exception):
    """A named way to fail. Subclasses say status, code and words; instances add facts.

    `title` and `detail` hold a text per language; `{name}` in a detail is filled from `facts`,
    which also appear as members of the answer.
    """

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal-error"
    title: ClassVar[Words] = {"vi": "Lỗi hệ thống", "en": "Internal error"}
    detail: ClassVar[Words] = {}

    def __init__(
        self, *, errors: Sequence[FieldFault] = (), headers: Mapping[str, str] | None = None, **facts: Any
    ) -> None:
        super().__init__(self.code)
        self.errors = tuple(errors)
        self.headers = dict(headers or {})
        self.facts = facts

    def body(self, language: Language) -> dict[str, Any]:
        body: dict[str, Any] = {
            "type": f"urn:motcua:problem:{self.code}",
            "title": self.title[language],
            "status": self.status,
            "code": self.code,
        }
        if self.detail:
            body["detail"] = self.detail[language].format_map(_Facts(self.facts))
        if self.errors:
            body["errors"] = [fault.in_words(language).model_dump(exclude_none=True) for fault in self.errors]
        body.update(self.facts)
        return body


class _Facts(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "?"


class FieldFault:
    """A fault before it is put into words: `words` is a text per language, filled with `facts`."""

    def __init__(
        self,
        code: str,
        words: Words,
        *,
        pointer: str | None = None,
        parameter: str | None = None,
        row: int | None = None,
        **facts: Any,
    ) -> None:
        self.code, self.words, self.facts = code, words, facts
        self.pointer, self.parameter, self.row = pointer, parameter, row

    def in_words(self, language: Language) -> FieldError:
        return FieldError(
            code=self.code,
            detail=self.words[language].format_map(_Facts(self.facts)),
            pointer=self.pointer,
            parameter=self.parameter,
            row=self.row,
            cell=self.facts.get("cell"),
        )


class InvalidInput(Problem):
    status, code = 422, "invalid-input"
    title = {"vi": "Dữ liệu chưa hợp lệ", "en": "The input is not valid"}


class MalformedBody(Problem):
    status, code = 400, "malformed-body"
    title = {"vi": "Nội dung gửi lên không đọc được", "en": "The body cannot be read"}
    detail = {
        "vi": "Nội dung phải là JSON hợp lệ, mã hóa UTF-8.",
        "en": "The body must be valid JSON in UTF-8.",
    }


class NotFound(Problem):
    status, code = 404, "not-found"
    title = {"vi": "Không tìm thấy", "en": "Not found"}


class MethodNotAllowed(Problem):
    status, code = 405, "method-not-allowed"
    title = {"vi": "Phương thức không được phép", "en": "Method not allowed"}


class VersionRequired(Problem):
    status, code = 428, "version-required"
    title = {"vi": "Thiếu phiên bản", "en": "A version is required"}
    detail = {
        "vi": "Gửi kèm If-Match với ETag của lần đọc gần nhất.",
        "en": "Send If-Match with the ETag of your last read.",
    }


class VersionChanged(Problem):
    status, code = 412, "version-changed"
    title = {"vi": "Dữ liệu đã thay đổi", "en": "The resource has changed"}
    detail = {
        "vi": "Có người vừa cập nhật; phiên bản hiện tại là {current}. Đọc lại rồi thử lại.",
        "en": "Somebody has just changed it; the version is now {current}. Read again, then retry.",
    }


class TooLarge(Problem):
    status, code = 413, "too-large"
    title = {"vi": "Nội dung quá lớn", "en": "The body is too large"}
    detail = {"vi": "Tối đa {limit} byte.", "en": "At most {limit} bytes."}


class Busy(Problem):
    """Two writers met (lock, serialisation, unique key): the caller may simply try again."""

    status, code = 409, "busy"
    title = {"vi": "Đang có thao tác khác", "en": "Another operation is under way"}
    detail = {"vi": "Hãy thử lại sau giây lát.", "en": "Please try again in a moment."}


def language_of(request: Request) -> Language:
    """Vietnamese unless the caller prefers English."""
    best, best_q = "vi", 0.0
    for part in request.headers.get("accept-language", "").split(","):
        tag, _, q = part.strip().partition(";q=")
        primary = tag.split("-")[0].lower()
        try:
            weight = float(q) if q else 1.0
        except ValueError:
            weight = 0.0
        if primary in ("vi", "en") and weight > best_q:
            best, best_q = primary, weight
    return "en" if best == "en" else "vi"


def respond(request: Request, problem: Problem) -> Response:
    if problem.status == HTTP_304_NOT_MODIFIED:
        return Response(status_code=problem.status, headers=problem.headers)
    language = language_of(request)
    return JSONResponse(
        problem.body(language),
        status_code=problem.status,
        media_type="application/problem+json",
        headers={"Content-Language": language, "Cache-Control": "no-store", **problem.headers},
    )


def pointer(path: Sequence[str | int]) -> str:
    """A JSON pointer (RFC 6901)."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


def validation_faults(errors: Sequence[Mapping[str, Any]]) -> list[FieldFault]:
    """Pydantic's errors as faults: all of them, each with its pointer or parameter, in our words."""
    faults = []
    for error in errors:
        kind = _kind(error)
        facts = {key: value for key, value in (error.get("ctx") or {}).items() if key != "error"}
        path = [*error["loc"], *facts.pop("at", ())]
        words = VALIDATION_WORDS.get(kind) or VALIDATION_WORDS["other"]
        if "expected" in facts:  # pydantic joins choices by an English word
            facts["expected"] = str(facts["expected"]).replace("' or '", "', '")
        where = path[0] if path else "body"
        if where in ("query", "path", "header", "cookie"):
            if kind == "extra_forbidden":
                words = VALIDATION_WORDS["extra_parameter"]
            faults.append(FieldFault(kind, words, parameter=str(path[-1]), **facts))
        else:
            faults.append(FieldFault(kind, words, pointer=pointer(path[1:]), **facts))
    return faults


def model_faults(error: ValidationError, *path: str | int) -> list[FieldFault]:
    """The same of a model that was read by hand; pointers lead into the body, below `path`."""
    return validation_faults([{**each, "loc": ("body", *path, *each["loc"])} for each in error.errors()])


def _kind(error: Mapping[str, Any]) -> str:
    """Pydantic's name of the fault. A length that is checked after other validators it calls one of a list,
    also for a text."""
    kind = str(error["type"])
    of_text = kind in ("too_long", "too_short") and isinstance(error.get("input"), str)
    return f"string_{kind}" if of_text else kind


def _of_http_exception(error: HTTPException) -> Problem:
    if isinstance(error.__cause__, Problem):
        # Raised while the body was read (too large, for one): FastAPI wraps it in a 400.
        return error.__cause__
    known: dict[int, type[Problem]] = {
        400: MalformedBody,
        404: NotFound,
        405: MethodNotAllowed,
        413: TooLarge,
    }
    if kind := known.get(error.status_code):
        return kind(headers=error.headers)
    title = str(error.detail)
    words = {"vi": title, "en": title}
    members = {"status": error.status_code, "code": "http-error", "title": words}
    other: type[Problem] = type("HttpProblem", (Problem,), members)
    return other(headers=error.headers)


def install(app: FastAPI) -> None:
    """Register the handlers of everything that can escape a route."""

    async def on_problem(request: Request, error: Exception) -> Response:
        assert isinstance(error, Problem)
        return respond(request, error)

    async def on_validation(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        if any(item["type"] == "json_invalid" for item in error.errors()):
            return respond(request, MalformedBody())
        return respond(request, InvalidInput(errors=validation_faults(error.errors())))

    async def on_http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return respond(request, _of_http_exception(error))

    async def on_any(request: Request, error: Exception) -> Response:
        # The cause goes to the log, never to the caller: it may hold data. uvicorn's own line of it, see
        # `log.configure`, would be the second.
        log.error("unhandled", error=type(error).__name__, path=request.url.path, exc_info=error)
        return respond(request, Problem())

    app.add_exception_handler(Problem, on_problem)
    app.add_exception_handler(RequestValidationError, on_validation)
    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(Exception, on_any)
