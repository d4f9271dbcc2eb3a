-- Up to when an end is in time by index 766, so that a period's end can judge what is still open.
alter table cases add due_766_at timestamptz;
