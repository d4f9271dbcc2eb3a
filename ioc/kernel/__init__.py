"""Pure polars: events to cases to figures. Knows no Kafka, no Spark, no database, no present time."""
