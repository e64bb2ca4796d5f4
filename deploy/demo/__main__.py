"""`make demo`: walk the main job against the running system; status 0 only if every step held."""

from __future__ import annotations

import sys

import httpx

from deploy.demo.story import StepFailedError
from deploy.demo.walk import Walk
from deploy.errors import StartError
from deploy.settings import read


def main() -> int:
    try:
        url = read().public_url
    except StartError as error:
        print(error)
        return 2
    walk = Walk(url)
    try:
        httpx.get(f"{url}/health/ready", timeout=5, trust_env=False).raise_for_status()
    except httpx.HTTPError:
        walk.story.failed(f"Hệ thống chưa chạy ở {url}: hãy chạy make run trước | start it first: make run")
        return 2
    try:
        walk.run()
    except StepFailedError as error:
        walk.story.failed(f"Bước này không đạt | this step did not hold: {error}")
        return 1
    except (httpx.HTTPError, KeyError, ValueError) as error:
        walk.story.failed(f"Trả lời không như mong đợi | unexpected answer: {error!r}")
        return 1
    walk.story.done("Mọi bước đều đạt | every step held")
    return 0


if __name__ == "__main__":
    sys.exit(main())
