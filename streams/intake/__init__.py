"""The intake: events over HTTP, answered per event, only after Kafka has acknowledged them."""
