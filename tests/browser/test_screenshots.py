"""The pictures of `docs/dashboard.md`, taken when `make screenshots` asks for them."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.conftest import SCREENSHOTS, Open

DOCS = Path(__file__).parents[2] / "docs"
MOST_BYTES = 150_000
#: The page's few colours, and the edges of its letters.
COLOURS = 64


@pytest.mark.skipif(not SCREENSHOTS, reason="asked for by SCREENSHOTS=1, as it loads the whole of 2020")
@pytest.mark.parametrize(("width", "height"), [(360, 2900), (1280, 2050)])
def test_the_year_2020(visit: Open, width: int, height: int) -> None:
    walker = visit(width)
    page = walker.page
    expect(page.locator(".reading").nth(0).locator(".hero")).to_contain_text("3,25%")
    expect(page.locator(".reading").nth(1).locator(".hero")).to_contain_text("31,00%")
    expect(page.locator("#synthetic")).to_contain_text("Dữ liệu mô phỏng")
    page.set_viewport_size({"width": width, "height": height})
    walker.settled()
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB").quantize(COLOURS)
    path = DOCS / f"dashboard-{width}.png"
    picture.save(path, optimize=True)
    assert path.stat().st_size <= MOST_BYTES
