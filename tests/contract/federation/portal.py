"""A portal that keeps what it is sent, and fails in the ways a portal fails."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import httpx


class Killed(Exception):
    """Stands for kill -9 of the caller: nothing after this line of its code runs."""


class Portal(httpx.AsyncBaseTransport):
    """Session style. `kill`: the call of which number ends the caller, and whether the portal had done
    its work by then. `lose`: services whose next answer is lost after the work was done; `away`:
    nothing gets through; `answers`: what a service answers next instead of working; `lists_steps`:
    whether a look-up shows the steps."""

    def __init__(self) -> None:
        self.dossiers: dict[str, dict[str, Any]] = {}
        self.steps: dict[str, list[dict[str, Any]]] = {}
        self.procedures: dict[str, dict[str, Any]] = {}
        self.calls: Counter[str] = Counter()
        self.headers: list[httpx.Headers] = []
        self.logins = 0
        self.lose: list[str] = []
        self.answers: dict[str, list[dict[str, Any]]] = {}
        self.away = False
        self.lists_steps = True
        self.kill: tuple[int, bool] | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.away:
            raise httpx.ConnectError("away", request=request)
        self.headers.append(request.headers)
        body = json.loads(await request.aread())
        if request.url.path == "/mapi/login":
            self.logins += 1
            return _json({"error_code": "0", "message": "OK", "session": f"s{self.logins}"})
        service = body["service"]
        self.calls[service] += 1
        if self.answers.get(service):
            return _json(self.answers[service].pop(0))
        if body["session"] != f"s{self.logins}":
            return _json({"error_code": "-1", "message": "Phiên làm việc không hợp lệ"})
        number, done = self.kill or (0, False)
        if number == sum(self.calls.values()) and not done:
            raise Killed
        answer = self._do(service, body)
        if number == sum(self.calls.values()):
            raise Killed
        if service in self.lose:
            self.lose.remove(service)
            raise httpx.ReadTimeout("lost", request=request)
        return _json(answer)

    def _do(self, service: str, body: dict[str, Any]) -> dict[str, Any]:
        if service == "TraCuuHoSo":
            held = self.dossiers.get(body["mahoso"])
            steps = {"DanhSachTienDo": self.steps.get(body["mahoso"], [])} if self.lists_steps else {}
            return {"error_code": "0", "message": "", "result": [held | steps] if held else []}
        if service == "DongBoHoSoMC":
            for item in body["data"]:
                if body["isUpdating"] == "False" and item["MaHoSo"] in self.dossiers:
                    return {"error_code": "-3", "message": f"Hồ sơ {item['MaHoSo']} đã tồn tại"}
                self.dossiers[item["MaHoSo"]] = item
            return {"error_code": "0", "message": "Đồng bộ thành công"}
        if service == "CapNhatTienDoHoSoMC":
            assert len(body["data"]) <= 10
            for item in body["data"]:
                self.steps.setdefault(item["MaHoSo"], []).append(item)
            return {"error_code": 0, "message": "Cập nhật thành công"}
        if service == "LayDanhSachTTHC":
            listed = [{"MATTHC": code, "TENTTHC": p["TENTTHC"]} for code, p in self.procedures.items()]
            return {"error_code": "0", "message": "", "result": listed}
        found = self.procedures.get(body["maTTHC"])
        return {"error_code": "0", "message": "", "result": [found] if found else []}


def _json(content: dict[str, Any]) -> httpx.Response:
    return httpx.Response(200, json=content)
