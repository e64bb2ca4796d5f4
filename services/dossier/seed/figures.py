"""What the province's report of late 2020 says of dossiers received, and what was made up around it.

From the report: 365,040 received to 24/12/2020, 11,852 of them online; the rates of three departments (over
45, 37, 28 %) and three districts (79, 61, 38 %), read as received online of what could have been sent online.
Made up: that this holds of the whole province, how many could have been sent online (38,232, of which 11,852
are the report's 31 %), how all are shared among bodies, days, procedures and channels, what became of each,
and what was refused beside them. Departments are shown as receiving their own, although the one-stop centre
takes in for them: the report speaks of departments.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

FIRST, LAST = date(2020, 1, 1), date(2020, 12, 24)


class Quota(NamedTuple):
    """Dossiers received; those of procedures at level 3 or 4 that day; those of them that came online."""

    received: int
    eligible: int
    online: int


#: By department, and by district with its communes.
QUOTAS: Mapping[str, Quota] = {
    "000.00.02.H28": Quota(1_520, 310, 52),
    "000.00.03.H28": Quota(9_240, 1_480, 402),
    "000.00.04.H28": Quota(9_900, 4_120, 1_786),
    "000.00.05.H28": Quota(690, 120, 17),
    "000.00.06.H28": Quota(9_180, 1_960, 571),
    "000.00.07.H28": Quota(2_870, 540, 81),
    "000.00.08.H28": Quota(23_640, 2_480, 396),
    "000.00.09.H28": Quota(2_590, 560, 118),
    "000.00.10.H28": Quota(12_310, 1_240, 161),
    "000.00.11.H28": Quota(2_700, 1_210, 549),  # Information and Communications: over 45 %
    "000.00.12.H28": Quota(5_230, 690, 96),
    "000.00.13.H28": Quota(3_600, 1_300, 481),  # Culture, Sports and Tourism: 37 %
    "000.00.14.H28": Quota(1_050, 500, 140),  # Science and Technology: 28 %
    "000.00.15.H28": Quota(2_380, 330, 43),
    "000.00.16.H28": Quota(4_120, 610, 91),
    "000.00.17.H28": Quota(62, 12, 2),
    "000.00.18.H28": Quota(138, 26, 4),
    "000.00.31.H28": Quota(52_000, 5_200, 1_976),  # Hòa Bình city: 38 %
    "000.00.32.H28": Quota(19_840, 1_310, 184),
    "000.00.33.H28": Quota(33_560, 2_450, 612),
    "000.00.34.H28": Quota(31_480, 2_060, 371),
    "000.00.35.H28": Quota(14_200, 1_400, 1_106),  # Cao Phong: 79 %
    "000.00.36.H28": Quota(25_910, 1_740, 287),
    "000.00.37.H28": Quota(18_720, 1_230, 166),
    "000.00.38.H28": Quota(41_000, 2_700, 1_647),  # Lạc Sơn: 61 %
    "000.00.39.H28": Quota(19_350, 1_360, 263),
    "000.00.40.H28": Quota(17_760, 1_294, 250),
}
#: Of a district's, what its own committee receives; the rest goes to its communes.
OWN_PART = Quota(38, 60, 60)
#: Beside what is received: refused during the year, and submitted on the last day without an answer yet.
REFUSED, WAITING = 3_650, 140
TOTAL = sum(quota.received for quota in QUOTAS.values()) + REFUSED + WAITING


def weight(day: date) -> float:
    """How busy a working day is: the year grows, Tết and the distancing of April are low, Mondays high."""
    grown = 0.9 + 0.3 * (day - FIRST).days / 365
    weekday = (1.15, 1.05, 1.0, 0.95, 0.9)[min(day.weekday(), 4)]
    quiet = next((part for first, last, part in _QUIET if first <= day <= last), 1.0)
    return grown * weekday * quiet


_QUIET = (
    (date(2020, 1, 16), date(2020, 1, 22), 0.6),
    (date(2020, 1, 23), date(2020, 2, 7), 0.35),
    (date(2020, 4, 1), date(2020, 4, 22), 0.4),
)
