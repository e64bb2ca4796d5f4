"""All tables of the gateway, for migrations and whoever needs the whole."""

from __future__ import annotations

from services.gateway.edge.identity import models as identity
from services.gateway.federation import models as federation
from services.gateway.tables import metadata

__all__ = ["federation", "identity", "metadata"]
