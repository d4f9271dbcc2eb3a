"""What an import came to, counted from the warehouse's final rows."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from ioc.warehouse.connection import Connection


@dataclass(frozen=True)
class Landed:
    """Events of one batch by their final verdict; each (batch, seq) counts once."""

    accepted: int = 0
    quarantined: int = 0
    duplicate: int = 0

    @property
    def events(self) -> int:
        return self.accepted + self.quarantined + self.duplicate

    def as_dict(self) -> dict[str, int]:
        return asdict(self)


def landed(conn: Connection, batch: str) -> Landed:
    """Sent twice after a crash, an event may have two rows: accepted wins over quarantined over duplicate."""
    rows = conn.execute(
        """
        select best, count(*) from (
            select seq, min(rank) best from (
                select seq, 1 rank from event where batch = %(batch)s
                union all select seq, 2 from quarantine where batch = %(batch)s
                union all select seq, 3 from duplicate where batch = %(batch)s
            ) landed group by seq
        ) final group by best
        """,
        {"batch": batch},
    )
    counts = {int(str(best)): int(str(n)) for best, n in rows}
    return Landed(counts.get(1, 0), counts.get(2, 0), counts.get(3, 0))
