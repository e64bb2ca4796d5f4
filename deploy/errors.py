"""Failures a person can mend: one line in Vietnamese and English, naming the setting to change."""


class StartError(Exception):
    """Ends the command with status 1 and one line; never a traceback."""

    def __init__(self, vietnamese: str, english: str) -> None:
        super().__init__(f"{vietnamese} | {english}")
