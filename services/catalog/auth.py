"""The rights of this service, as types. What is published is public."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from kit.auth import Caller, require

Editor = Annotated[Caller, Depends(require("editor"))]
Staff = Annotated[Caller, Depends(require("officer", "leader", "editor", "auditor"))]
