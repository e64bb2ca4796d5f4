"""Each way in which a login can fail, with a name. `error` is OAuth's own word for it (RFC 6749)."""

from __future__ import annotations

from kit.problem import Problem


class LoginRefused(Problem):
    status, code = 403, "login-refused"
    title = {"vi": "Chưa đăng nhập được", "en": "The login was refused"}
    detail = {
        "vi": "Nơi xác thực trả lời: {reason}.",
        "en": "The identity provider answered: {reason}.",
    }


class LoginInvalid(Problem):
    """Forged, repeated, too old, or begun in another browser."""

    status, code = 400, "login-invalid"
    title = {"vi": "Lượt đăng nhập không hợp lệ", "en": "The login is not valid"}
    detail = {
        "vi": "Lượt đăng nhập đã quá hạn hoặc không bắt đầu từ trình duyệt này; hãy đăng nhập lại.",
        "en": "The login is too old or did not begin in this browser; please log in again.",
    }


class IdentityInsufficient(Problem):
    """The provider does not say who it is (national-portal §6.2)."""

    status, code = 403, "identity-insufficient"
    title = {"vi": "Tài khoản chưa đủ thông tin định danh", "en": "The account does not say who you are"}
    detail = {
        "vi": "Tài khoản cần có TechID và, với công dân, số định danh hoặc CMND.",
        "en": "The account needs a TechID and, for a citizen, an identity number.",
    }


class ReturnRefused(Problem):
    status, code = 400, "return-address-refused"
    title = {"vi": "Địa chỉ quay về không được phép", "en": "The return address is not allowed"}
    detail = {
        "vi": "return_to phải là đường dẫn trên trang này hoặc thuộc một giao diện đã đăng ký.",
        "en": "return_to must be a path of this site or belong to a registered frontend.",
    }


class ProviderDown(Problem):
    status, code = 503, "identity-provider-unavailable"
    title = {"vi": "Nơi xác thực tạm thời không sẵn sàng", "en": "The identity provider is unavailable"}


class GrantInvalid(Problem):
    status, code = 400, "invalid-grant"
    title = {"vi": "Mã làm mới hoặc mã truy cập không dùng được", "en": "The token cannot be used"}


class ClientInvalid(Problem):
    status, code = 401, "invalid-client"
    title = {"vi": "Mã hoặc khóa của hệ thống không đúng", "en": "The client's id or secret is wrong"}


class GrantUnsupported(Problem):
    status, code = 400, "unsupported-grant-type"
    title = {"vi": "Loại cấp mã không được hỗ trợ", "en": "The grant type is not supported"}


class CsrfMissing(Problem):
    status, code = 403, "csrf-missing"
    title = {"vi": "Thiếu mã chống giả mạo", "en": "The CSRF token is missing"}
    detail = {
        "vi": "Gửi kèm X-CSRF-Token với giá trị csrf của GET /v1/me.",
        "en": "Send X-CSRF-Token with the value csrf of GET /v1/me.",
    }
