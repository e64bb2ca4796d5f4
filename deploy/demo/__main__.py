"""`make demo`: walk the main job against the running system; `make demo-dossier`: the life of a dossier;
`make demo-payment`: fees and the books; `make demo-catalog`: what a province publishes from;
`make demo-reports`: the figures of the synthetic year, after `make seed-2020`.
Status 0 only if every step held."""

from __future__ import annotations

import sys

import httpx

from deploy.demo.catalog import CatalogWalk
from deploy.demo.life import Life
from deploy.demo.payment import PaymentWalk
from deploy.demo.reports import ReportsWalk
from deploy.demo.story import StepFailedError
from deploy.demo.walk import Walk
from deploy.errors import StartError
from deploy.settings import DeploySettings, read


def _walk(
    settings: DeploySettings, which: list[str]
) -> Walk | Life | PaymentWalk | CatalogWalk | ReportsWalk:
    url, local = settings.public_url, "http://127.0.0.1"
    if which == ["dossier"]:
        return Life(url, f"{local}:{settings.messages_port}")
    if which == ["payment"]:
        return PaymentWalk(url, f"{local}:{settings.vnpay_port}", f"{local}:{settings.portal_port}")
    if which == ["catalog"]:
        return CatalogWalk(url, f"{local}:{settings.portal_port}")
    if which == ["reports"]:
        return ReportsWalk(url)
    return Walk(url)


def main() -> int:
    try:
        settings = read()
    except StartError as error:
        print(error)
        return 2
    walk = _walk(settings, sys.argv[1:])
    url = settings.public_url
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
