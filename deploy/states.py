"""Writes `docs/dossier-states.md` from the table that the code obeys: `make states`."""

from deploy.settings import ROOT
from services.dossier import status

PAGE = f"""# The states of a dossier

Made by `make states` from the table in `services/dossier/status.py`, which the checks, the `actions` of each
answer and the tests come from; a test compares. What depends on the dossier itself (one apology, a second
supplement only by a leader, who may sign) stands in `services/dossier/guards.py`. `same` leaves the state
as it is; `back` leads to where the dossier came from; while it waits, the clock of the deadline stands.

```mermaid
{status.diagram()}
```

{status.listing()}
"""

if __name__ == "__main__":
    (ROOT / "docs/dossier-states.md").write_text(PAGE)
