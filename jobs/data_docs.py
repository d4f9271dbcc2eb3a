"""Great Expectations over one staged frame, with its results as pages (GX Data Docs) for a person to read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from schemas.tables import Table

if TYPE_CHECKING:
    import pandas as pd

SITE = "audits"


def validated(
    promise: Table, staged: pd.DataFrame, docs: Path | None = None, run: str = "", frame: str = "audit"
) -> dict[str, Any]:
    """Each expectation's result by its name. With `docs` the run's pages are added to that folder.

    GX is imported here: it takes seconds.
    """
    import great_expectations as gx
    from great_expectations.expectations.registry import get_expectation_impl

    title = promise.table if frame == "audit" else f"{promise.table}_{frame}"
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = gx.data_context.types.base.ProgressBarsConfig(globally=False)
    asset = context.data_sources.add_pandas("staging").add_dataframe_asset(title)
    whole = asset.add_batch_definition_whole_dataframe("run")
    suite = context.suites.add(gx.ExpectationSuite(name=title))
    for name, promised in promise.of_frame(frame).items():
        suite.add_expectation(get_expectation_impl(promised.type)(**promised.kwargs, meta={"check": name}))
    definition = gx.ValidationDefinition(name=title, data=whole, suite=suite)
    audit = gx.Checkpoint(
        name="audit", validation_definitions=[context.validation_definitions.add(definition)]
    )
    done = context.checkpoints.add(audit).run(
        batch_parameters={"dataframe": staged}, run_id=gx.RunIdentifier(run_name=run or None)
    )
    if docs is not None:
        _written(context, docs)
    (found,) = done.run_results.values()
    return {result.expectation_config.meta["check"]: result for result in found.results}


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
