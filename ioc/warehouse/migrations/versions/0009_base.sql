-- The revision that held when a run was staged: what it restates is said against that one.
alter table run add base bigint;
