"""Reading what callers send."""

from __future__ import annotations

import json
from typing import Any

from fastapi import Request


async def read_json(request: Request) -> Any:
    """None when it is not JSON, or holds half characters that no text can be made of."""
    try:
        content = json.loads(await request.body())
        json.dumps(content, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return None
    return content


async def read_object(request: Request) -> dict[str, Any]:
    """Empty when it is no JSON object."""
    content = await read_json(request)
    return content if isinstance(content, dict) else {}
