"""The portal's pages for a person in a browser."""

from __future__ import annotations

import pytest

from tests.unit.mocks.conftest import CODE, Portal, dossier, step

pytestmark = pytest.mark.anyio


async def test_received_dossiers_with_their_progress(portal: Portal) -> None:
    assert "Chưa nhận hồ sơ nào" in (await portal.client.get("/dossiers")).text
    await portal.call("DongBoHoSoMC", isUpdating="False", data=[dossier(ChuHoSo="<script>")])
    await portal.call("CapNhatTienDoHoSoMC", data=[step(), step(TrangThai="0")])
    listed = (await portal.client.get("/dossiers")).text
    assert f'<a href="/dossiers/{CODE}">{CODE}</a>' in listed
    assert "2 bước" in listed
    assert "<script>" not in listed
    page = (await portal.client.get(f"/dossiers/{CODE}")).text
    for shown in (
        "Được tiếp nhận",
        "23/11/2026 09:15",
        "Trần Văn Tiếp",
        "Mã 0",
        "https://mc.example.vn/f/901",
    ):
        assert shown in page
    assert (await portal.client.get("/dossiers/khác")).status_code == 404


async def test_procedures_are_found_by_name_or_code(portal: Portal) -> None:
    assert "2 thủ tục; tìm thấy 2" in (await portal.client.get("/procedures")).text
    for words in ("GIẤY PHÉP", "1.000005"):
        assert "tìm thấy 1" in (await portal.client.get("/procedures", params={"q": words})).text


@pytest.mark.parametrize("path", ["/", "/dossiers", "/procedures"])
async def test_every_page_says_that_it_is_a_mock(portal: Portal, path: str) -> None:
    page = await portal.client.get(path)
    assert page.status_code == 200
    assert "Cổng giả lập" in page.text
    assert '<html lang="vi">' in page.text
    assert (await portal.client.get("/health/ready")).json() == {"status": "ok"}
