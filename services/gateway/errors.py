"""Each way to fail, with a name."""

from __future__ import annotations

from kit.problem import InvalidInput, NotFound, Problem


class ReturnToRefused(InvalidInput):
    code = "return-to-refused"
    title = {"vi": "Địa chỉ quay về không được phép", "en": "return_to is not allowed"}
    detail = {
        "vi": "Chỉ nhận đường dẫn trong hệ thống hoặc nguồn đã cấu hình.",
        "en": "Only paths of this system, or configured origins.",
    }


class LoginExpired(Problem):
    status, code = 400, "login-expired"
    title = {"vi": "Phiên đăng nhập đã quá hạn", "en": "The login took too long or was not begun here"}
    detail = {"vi": "Hãy bắt đầu đăng nhập lại.", "en": "Please begin to log in again."}


class LoginRefused(Problem):
    status, code = 401, "login-refused"
    title = {"vi": "Đăng nhập không thành công", "en": "The login was refused"}
    detail = {"vi": "Nhà cung cấp danh tính từ chối: {reason}.", "en": "The issuer refused: {reason}."}


class IdentityIncomplete(Problem):
    """National portal facts, section 6.2: no TechID, or a citizen without any identity number."""

    status, code = 403, "identity-incomplete"
    title = {"vi": "Tài khoản thiếu thông tin định danh", "en": "The account lacks an identity"}


class IssuerDown(Problem):
    status, code = 503, "identity-provider-unavailable"
    title = {"vi": "Hệ thống đăng nhập tạm thời không sẵn sàng", "en": "The login system is unavailable"}


class CsrfMissing(Problem):
    status, code = 403, "csrf-token"
    title = {"vi": "Thiếu mã chống giả mạo", "en": "The CSRF token is missing or wrong"}
    detail = {
        "vi": "Gửi X-CSRF-Token, lấy từ GET /v1/me.",
        "en": "Send X-CSRF-Token, as GET /v1/me gives it.",
    }


class GrantRefused(Problem):
    status, code = 400, "invalid-grant"
    title = {"vi": "Không đổi được mã truy cập", "en": "The grant is refused"}


class GrantUnknown(Problem):
    status, code = 400, "unsupported-grant-type"
    title = {"vi": "Loại cấp quyền không hỗ trợ", "en": "This grant type is not supported"}


class AccountMissing(NotFound):
    code = "account-not-found"
    title = {"vi": "Không có tài khoản này", "en": "No such account"}


class ServiceDown(Problem):
    status, code = 503, "service-unavailable"
    title = {"vi": "Dịch vụ tạm thời không sẵn sàng", "en": "The service is unavailable"}
    detail = {
        "vi": "Dịch vụ {service} chưa trả lời; hãy thử lại.",
        "en": "{service} does not answer; please try again.",
    }


class TooManyRequests(Problem):
    status, code = 429, "too-many-requests"
    title = {"vi": "Quá nhiều yêu cầu", "en": "Too many requests"}
    detail = {"vi": "Hãy thử lại sau {seconds} giây.", "en": "Please try again in {seconds} seconds."}
