"""Every example says what is accepted, or by its file name why it is not; the check of `ioc check`."""

from __future__ import annotations

from datetime import datetime

import pytest

from ioc.admit import Admission
from ioc.check.examples import Example, every, judge, lacking
from schemas import load

EXAMPLES = every(load())


def name(example: Example) -> str:
    return f"{example.owner}-{example.path.stem}"


@pytest.mark.parametrize("example", EXAMPLES, ids=name)
def test_an_example_keeps_its_word(example: Example, admission: Admission, now: datetime) -> None:
    assert list(judge(example, admission, now)) == []


def test_each_feed_and_packaged_source_has_examples_of_both_kinds() -> None:
    registry = load()
    assert list(lacking(registry)) == []
    for kind in (True, False):
        owners = {example.owner for example in EXAMPLES if example.native and example.valid is kind}
        assert owners == registry.sources.keys()
