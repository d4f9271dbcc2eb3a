-- An audit asks for the events of one day; block ranges cost nearly nothing to keep, as events arrive in this order.
create index event_received on event using brin (received_at) with (pages_per_range = 32, autosummarize = on);
