"""The same figures as files: CSV, XLSX, PDF, open data."""

from __future__ import annotations

import csv
import io
import zipfile
from typing import Any

import httpx

from deploy.demo.people import Person
from deploy.demo.story import Story
from kit import tabular, workbooks

YEAR = {"from": "2020-01-01", "to": "2020-12-24", "group_by": "child"}
_BOM, _MOST = b"\xef\xbb\xbf", 50_000_000


class FilesWalk:
    def __init__(self, story: Story, anyone: Person) -> None:
        self.story, self._anyone = story, anyone

    def run(self) -> None:
        """Raises StepFailedError."""
        self.tables()
        self.forms()
        self.open_data()

    def _file(self, report: str, kind: str, **params: Any) -> bytes:
        path, headers = f"/v1/reports/{report}", {"Accept": kind}
        answer: httpx.Response = self._anyone.get(path, params=params, headers=headers)
        self.story.expect(answer.is_success, answer.text[:300])
        self.story.expect(answer.headers["Content-Type"].startswith(kind), answer.headers["Content-Type"])
        return answer.content

    def tables(self) -> None:
        story = self.story
        story.step("Cùng số liệu: JSON, CSV, XLSX có biểu đồ | the same figures: JSON, CSV, XLSX")
        total = self._anyone.get("/v1/reports/online-share", params=YEAR).json()["total"]["values"]
        wanted = [total["received"], total["eligible"], total["online"]]
        content = self._file("online-share", tabular.CSV, **YEAR)
        story.expect(content.startswith(_BOM), "CSV không có dấu BOM cho Excel")
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
        story.expect([int(cell) for cell in rows[-1][2:5]] == wanted, f"{rows[-1]} khác {wanted}")
        book = self._file("online-share", tabular.XLSX, **YEAR)
        names = zipfile.ZipFile(io.BytesIO(book)).namelist()
        story.expect("xl/charts/chart1.xml" in names, "XLSX không có biểu đồ")
        cells = workbooks.first_sheet(book, rows=1000, columns=50, unpacked=_MOST)
        story.expect([int(cell) for cell in cells[-1][2:5]] == wanted, f"{cells[-1]} khác {wanted}")
        story.tell(f"{len(rows) - 2} cơ quan; dòng tổng {wanted} ở cả ba")

    def forms(self) -> None:
        story = self.story
        story.step("Báo cáo tháng và biểu một cửa: XLSX và PDF | monthly report and one-stop form")
        for report, period in (("monthly", "2020-09"), ("one-stop", "2020-Q3")):
            printed = self._file(report, tabular.PDF, period=period)
            story.expect(printed.startswith(b"%PDF"), f"{report}: không phải PDF")
            sheet = self._file(report, tabular.XLSX, period=period)
            story.expect(zipfile.is_zipfile(io.BytesIO(sheet)), f"{report}: không phải XLSX")
            story.tell(f"{report} {period}: PDF {len(printed) // 1000} kB, XLSX {len(sheet) // 1000} kB")

    def open_data(self) -> None:
        story = self.story
        story.step("Dữ liệu mở: không có dữ liệu cá nhân, ô nhỏ được che | open data, small cells hidden")
        asked = {"period": "2020-09", "limit": 100}
        found = self._anyone.get("/v1/reports/open-data", params=asked).json()
        hidden = [item for item in found["items"] if item["suppressed"]]
        story.expect(hidden and all(item["received"] is None for item in hidden), "ô nhỏ không được che")
        story.tell(f"{len(hidden)} trong {len(found['items'])} dòng đầu được che")
        story.expect(self._file("open-data", tabular.CSV, **asked).startswith(_BOM), "CSV không có BOM")
