"""Who may do what here: a right is a type in a route's signature."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from kit.auth import Caller, require

Reader = Annotated[Caller, Depends(require("leader", "editor", "auditor"))]
Decider = Annotated[Caller, Depends(require("leader", "editor"))]
Editor = Annotated[Caller, Depends(require("editor"))]
