"""Settings of the catalogue."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from kit.settings import ServiceSettings


class Settings(ServiceSettings):
    #: Units, agencies, code lists and the sample catalogue.
    data_folder: Path = Path(__file__).parent.parent.parent / "data"
    #: For how many seconds readers may keep a published answer before they ask again.
    max_age: int = 3
    #: What becomes of a national change of a text that the province has not changed itself: a proposal for an
    #: editor, or in force at once.
    national_changes: Literal["propose", "accept"] = "propose"
    #: Where dossiers are counted.
    dossier_url: str = "http://127.0.0.1:8002"
