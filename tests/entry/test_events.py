"""A sheet entered twice is told once; a corrected one wins, and so does one that is corrected back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from psycopg.types.json import Jsonb

from ioc.admit import Admission, Admitted
from ioc.entry import Told, person, told
from ioc.errors import BadInput
from ioc.event import Event, Receipt
from ioc.rules import observed_rules
from ioc.settings import Settings
from ioc.warehouse import connect, live, offsets
from ioc.warehouse.events import Delivery
from ioc.warehouse.observations import asked_told
from schemas import ObservationFeed, Registry
from tests.entry.conftest import AGENCY, NOW, Check, Fill

ROW = {"series": "guests", "agency": AGENCY, "period": "05/03/2026", "value": 12}
KEY = f"guests/{AGENCY}/2026-03-05/"
