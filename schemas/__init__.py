"""The promises: feeds, source mappings and reference data as files, and the loader that checks them."""

from schemas.any_feed import AnyFeed
from schemas.calendar import Calendar
from schemas.event_files import personal_fields
from schemas.feed import Feed
from schemas.findings import Finding, Unusable, near
from schemas.form import Form, FormCode
from schemas.history import History, Succession
from schemas.lifecycle import Status
from schemas.measure import Measure
from schemas.observation_feed import Dimension, ObservationFeed, Series
from schemas.period_calendar import PeriodCalendar
from schemas.procedures import ProcedureVersion, version_at
from schemas.reference import Agency, Procedure
from schemas.registry import Registry, load
from schemas.scope import Scope
from schemas.simulated import Course, Simulated, Step
from schemas.simulated_series import SimulatedSeries, Values
from schemas.source import EventMapping, MessageMapping, SourceMapping, Value, Vocabulary, When

__all__ = [
    "Agency",
    "AnyFeed",
    "Calendar",
    "Course",
    "Dimension",
    "EventMapping",
    "Feed",
    "Finding",
    "Form",
    "FormCode",
    "History",
    "Measure",
    "MessageMapping",
    "ObservationFeed",
    "PeriodCalendar",
    "Procedure",
    "ProcedureVersion",
    "Registry",
    "Scope",
    "Series",
    "Simulated",
    "SimulatedSeries",
    "SourceMapping",
    "Status",
    "Step",
    "Succession",
    "Unusable",
    "Value",
    "Values",
    "Vocabulary",
    "When",
    "load",
    "near",
    "personal_fields",
    "version_at",
]
