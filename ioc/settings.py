"""Settings: the environment, `$IOC_HOME/settings.toml`, what `ioc up` chose (`stack.json`), defaults."""

from __future__ import annotations

import difflib
import json
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from ioc.errors import BadInput


def home_folder() -> Path:
    """The folder with all state of one stack (`IOC_HOME`, default `./.ioc`)."""
    return Path(os.environ.get("IOC_HOME", ".ioc")).resolve()


def refuse_unknown(environment: Mapping[str, str]) -> None:
    """Raises BadInput where an `IOC_` variable is no setting, naming the nearest one."""
    known = ["IOC_" + name.upper() for name in Settings.model_fields]
    for name, value in environment.items():
        if name.startswith("IOC_") and name not in known:
            near = difflib.get_close_matches(name, known, 1)
            mend = f"did you mean {near[0]}?" if near else "docs/settings.md lists the settings"
            raise BadInput(name, value, f"there is no such setting; {mend}")


class ChosenByUp(PydanticBaseSettingsSource):
    """Addresses that a running `ioc up` chose; the lowest of the sources."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        try:
            known = json.loads((home_folder() / "stack.json").read_text())
        except FileNotFoundError:
            return {}
        return {name: value for name, value in known.items() if name in self.settings_cls.model_fields}


class Settings(BaseSettings):
    """Every setting; the environment name is `IOC_` + the field's name in capitals."""

    model_config = SettingsConfigDict(env_prefix="IOC_", extra="forbid")

    home: Path = Field(default_factory=home_folder, description="folder with all state of one stack")
    schemas_path: str = Field(
        default="", description="folders, separated by ':', with feeds/, sources/, reference/ of one's own"
    )
    clock: str = Field(
        default="real", description="`real`, or `START@ANCHOR*RATE` for an accelerated demo clock"
    )
    warehouse_url: str = Field(default="", description="any PostgreSQL (>= 15); empty: the embedded one")
    kafka_servers: str = Field(default="", description="any Kafka; empty: the embedded broker")
    bind: str = Field(
        default="127.0.0.1",
        description="address that intake and screens listen on; people elsewhere should come through a proxy",
    )
    kafka_port: int = Field(
        default=0, ge=0, le=65535, description="port of the embedded broker; 0: a free one"
    )
    intake_port: int = Field(default=0, ge=0, le=65535, description="port of the intake; 0: a free one")
    screens_port: int = Field(default=0, ge=0, le=65535, description="port of the screens; 0: a free one")
    screens_modules: str = Field(
        default="", description="npm's node_modules with ECharts and the font; empty: ours"
    )
    airflow_port: int = Field(
        default=0, ge=0, le=65535, description="port of Airflow's API and pages; 0: a free one"
    )
    intake_url: str = Field(default="", description="address of the intake; set by `up`")
    screens_url: str = Field(default="", description="address of the screens; set by `up`")
    airflow_url: str = Field(default="", description="address of Airflow; set by `up`")
    airflow_user: str = Field(default="admin", description="Airflow's login")
    airflow_password: str = Field(
        default="", description="Airflow's password; empty: made by `up` and printed"
    )
    live_workers: int = Field(
        default=1,
        ge=1,
        le=64,
        description="processes of streams/live; one on two cores, one more for every two further ones",
    )
    intake_max_event_bytes: int = Field(
        default=262_144, ge=1_024, description="an event larger than this is refused"
    )
    intake_max_request_bytes: int = Field(
        default=33_554_432, ge=65_536, description="a request larger than this is refused"
    )
    token_key: str = Field(
        default="", description="key of personal tokens; empty: made once and kept under IOC_HOME"
    )
    spark_master: str = Field(default="local[2]", description="where Spark's jobs run")
    spark_memory: str = Field(default="2g", description="heap of a Spark job's JVM")
    log_path: str = Field(default="", description="folder or URI of the event log; empty: under IOC_HOME")
    log_buckets: int = Field(
        default=8, ge=1, le=4096, description="buckets of the event log, a power of two (top bits of hash16)"
    )
    dags_path: str = Field(default="", description="folder of the DAGs; empty: the repository's `dags`")
    demo_start: str = Field(
        default="2024-03-04T01:30:00+00:00",
        description="where a demo's clock starts the first time (ISO, with a zone)",
    )
    archive_cron: str = Field(default="*/15 * * * *", description="when the archive runs by itself")
    rollup_cron: str = Field(default="30 0 * * *", description="when the rollup of cases runs by itself")
    series_cron: str = Field(
        default="45 0 * * *", description="when observations are rolled up by themselves"
    )
    rollup_start: str = Field(
        default="",
        description="since when (ISO, with a zone) rollups that were missed are caught up; `up` remembers its"
        " first start, save in a demo; empty: they are not",
    )
    rebuild_cron: str = Field(default="30 18 * * 6", description="when the whole log is rolled up again")
    alert_url: str = Field(
        default="", description="where a failed task is also told, as JSON by POST; empty: nowhere"
    )

    @field_validator("home")
    @classmethod
    def _absolute(cls, home: Path) -> Path:
        return home.resolve()

    @field_validator("log_buckets")
    @classmethod
    def _power_of_two(cls, buckets: int) -> int:
        if buckets & (buckets - 1):
            raise ValueError("must be a power of two")
        return buckets


def load(chosen: bool = True) -> Settings:
    """The settings of this process; a wrong one raises BadInput naming itself.

    chosen: whether what a running `ioc up` chose counts too; only `up` itself says no.
    """
    refuse_unknown(os.environ)
    toml = home_folder() / "settings.toml"

    class Loaded(Settings):
        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,
            file_secret_settings: PydanticBaseSettingsSource,
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            file = TomlConfigSettingsSource(settings_cls, toml_file=toml)
            return (env_settings, file, ChosenByUp(settings_cls)) if chosen else (env_settings, file)

    try:
        return Loaded()
    except tomllib.TOMLDecodeError as exc:
        raise BadInput(str(toml), "", f"it is not TOML: {exc}") from exc
    except ValidationError as exc:
        first = exc.errors()[0]
        name = "IOC_" + str(first["loc"][0]).upper()
        raise BadInput(name, first.get("input"), f"{first['msg']} (docs/settings.md; {toml})") from exc
