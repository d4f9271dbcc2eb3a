"""Admission: what a sender says, held to the promises, as canonical events or as quarantine with a reason."""

from ioc.admit.admission import Admission
from ioc.admit.promises import registry_for
from ioc.admit.reasons import REASONS
from ioc.admit.verdict import UNKNOWN_FEED, Admitted, Quarantined, topic

__all__ = ["REASONS", "UNKNOWN_FEED", "Admission", "Admitted", "Quarantined", "registry_for", "topic"]
