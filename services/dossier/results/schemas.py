"""Taking a result back."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

from kit.text import Incoming, Text

VERIFICATION_CODE = r"^[A-Z2-7]{4}(-[A-Z2-7]{4}){4}$"


class Revocation(Incoming):
    """`reason` stays among the offices; `replaced_by` is the code of another result of the dossier."""

    reason: Annotated[Text, StringConstraints(min_length=1)]
    replaced_by: Annotated[str, StringConstraints(pattern=VERIFICATION_CODE)] | None = None
