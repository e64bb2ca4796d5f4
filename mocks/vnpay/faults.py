"""Which scripted faults this provider knows; the scripting itself is the portal mock's."""

from __future__ import annotations

_ANY = ("down", "error", "slow", "timeout-after-success")
KINDS: dict[str, tuple[str, ...]] = {
    "querydr": _ANY,
    # pending: taken in (05), done after `seconds`. pending-refused: taken in, refused (09) after `seconds`.
    "refund": (*_ANY, "pending", "pending-refused"),
    # An IPN comes before the payer's browser goes back. down: never. slow: `seconds` after that.
    # duplicate: sent twice. out-of-order: a first try of the payer fails and is told, then the true one.
    "IPN": ("down", "slow", "duplicate", "wrong-amount", "wrong-signature", "out-of-order"),
}
