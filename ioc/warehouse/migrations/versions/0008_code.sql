-- Which code made a run's figures: release and hash of its modules. Null: made before this was kept.
alter table run add code text;
