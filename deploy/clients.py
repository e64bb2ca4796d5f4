"""Registering a district's system at the console: where nobody has logged in yet."""

import httpx
from pydantic import ValidationError

from deploy.errors import StartError
from kit.auth import Caller
from kit.clock import Clock
from kit.db import Database
from services.gateway.edge.clients import commands
from services.gateway.edge.clients.errors import ClientTaken
from services.gateway.edge.clients.schemas import ClientSecret, NewClient

#: How the event log names whoever sits at the console.
OPERATOR = Caller(sub="console", kind="operator")


async def register(
    database_url: str, catalog_url: str, clock: Clock, *, id_: str, name: str, agency: str
) -> ClientSecret:
    """`database_url`: the gateway's; the catalogue must be up, as it knows the bodies. Raises StartError."""
    new = _checked(id_, name, agency)
    _must_exist(catalog_url, new.agency)
    database = Database(database_url, pool=1)
    try:
        async with database.transaction() as session:
            return await commands.register(session, clock, OPERATOR, new)
    except ClientTaken:
        raise StartError(f"Mã hệ thống {id_} đã dùng", f"the id {id_} is taken") from None
    finally:
        await database.close()


def _checked(id_: str, name: str, agency: str) -> NewClient:
    try:
        return NewClient(id=id_, name=name, agency=agency)
    except ValidationError as error:
        wrong = ", ".join(f"{each['loc'][0]} ({each['msg']})" for each in error.errors())
        raise StartError(f"Hãy sửa {wrong}", "change these") from None


def _must_exist(catalog_url: str, agency: str) -> None:
    try:
        answer = httpx.get(f"{catalog_url}/v1/agencies/{agency}", trust_env=False, timeout=30)
        if answer.status_code != httpx.codes.NOT_FOUND:
            answer.raise_for_status()
    except httpx.HTTPError:
        raise StartError(
            "Dịch vụ catalog không trả lời: hệ thống phải đang chạy",
            "catalog does not answer: the system must be running",
        ) from None
    if answer.status_code == httpx.codes.NOT_FOUND or answer.json()["code"] != agency:
        raise StartError(f"Không có cơ quan {agency}", f"there is no body {agency}")
