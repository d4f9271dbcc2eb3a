"""Great Expectations over a run's frames, with its results as pages (GX Data Docs) for a person to read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from schemas.tables import Table

if TYPE_CHECKING:
    import pandas as pd

SITE = "audits"


@dataclass(frozen=True)
class Framed:
    """One of a table's frames, as the run's rows fill it."""

    promise: Table
    frame: str
    rows: pd.DataFrame

    @property
    def title(self) -> str:
        name = self.promise.table
        return name if self.frame == "audit" else f"{name}_{self.frame}"


def validated(frames: Iterable[Framed], docs: Path | None = None, run: str = "") -> dict[str, Any]:
    """Each expectation's result by its name. With `docs` the run's pages are added to that folder.

    GX is imported here: it takes seconds. One context holds all frames: each would cost as much again.
    """
    import great_expectations as gx

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = gx.data_context.types.base.ProgressBarsConfig(globally=False)
    source = context.data_sources.add_pandas("staging")
    found = [one for framed in frames for one in _results(context, source, framed, run)]
    if docs is not None:
        _written(context, docs)
    return {result.expectation_config.meta["check"]: result for result in found}


def _results(context: Any, source: Any, framed: Framed, run: str) -> list[Any]:
    import great_expectations as gx
    from great_expectations.expectations.registry import get_expectation_impl

    whole = source.add_dataframe_asset(framed.title).add_batch_definition_whole_dataframe("run")
    suite = context.suites.add(gx.ExpectationSuite(name=framed.title))
    for name, promised in framed.promise.of_frame(framed.frame).items():
        suite.add_expectation(get_expectation_impl(promised.type)(**promised.kwargs, meta={"check": name}))
    definition = gx.ValidationDefinition(name=framed.title, data=whole, suite=suite)
    done = context.validation_definitions.add(definition).run(
        batch_parameters={"dataframe": framed.rows}, run_id=gx.RunIdentifier(run_name=run or None)
    )
    return list(done.results)


def pages(docs: Path, run: str) -> list[Path]:
    """The pages of a run, one per frame, those of its last audit."""
    newest = {page.parents[2].name: page for page in sorted(docs.glob(f"validations/*/{run}/*/*.html"))}
    return list(newest.values())


def _written(context: Any, docs: Path) -> None:
    """Without an index: building one removes the pages of all runs but this."""
    site = {
        "class_name": "SiteBuilder",
        "show_how_to_buttons": False,
        "store_backend": {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(docs)},
        "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
    }
    context.add_data_docs_site(SITE, site)
    context.build_data_docs(site_names=[SITE], build_index=False)
