"""The one definition of cases and figures, as pure polars: no Kafka, no Spark, no database, no now()."""
