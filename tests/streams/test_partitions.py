"""A case's events go to one partition, and all partitions get some."""

from __future__ import annotations

from dataclasses import dataclass

from streams.producer import ByCase


@dataclass
class Cluster:
    partitions: int

    def partitions_for_topic(self, _topic: str) -> set[int]:
        return set(range(self.partitions))


def place(key: bytes | None, value: bytes, partitions: int = 8) -> int:
    found = ByCase().partition("parcels", None, key, None, value, Cluster(partitions))
    assert isinstance(found, int)
    return found


def test_a_cases_events_share_a_partition_whatever_they_say() -> None:
    for n in range(200):
        key = f"H20.{n}".encode()
        assert len({place(key, f"event {said}".encode()) for said in range(20)}) == 1


def test_cases_and_refusals_without_a_key_spread_over_all_partitions() -> None:
    for partitions in (1, 4, 8):
        everywhere = set(range(partitions))
        assert {place(f"H20.{n}".encode(), b"", partitions) for n in range(400)} == everywhere
        assert {place(None, f"refused {n}".encode(), partitions) for n in range(400)} == everywhere
