"""Settings of the catalogue."""

from __future__ import annotations

from pathlib import Path

from kit.settings import ServiceSettings


class Settings(ServiceSettings):
    #: Units, agencies, code lists and the sample catalogue.
    data_folder: Path = Path(__file__).parent.parent.parent / "data"
    #: For how many seconds readers may keep a published answer before they ask again.
    max_age: int = 3
