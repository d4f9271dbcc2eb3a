-- A task that failed for good, until a later run of its DAG succeeds.
create table alert (
    dag text not null,
    run text not null,                          -- as Airflow calls it
    task text not null,
    at timestamptz not null,                    -- by the stack's clock
    feed text,                                  -- null: of no feed alone
    what text not null,                         -- the task's last words
    ended_at timestamptz,                       -- null: open
    primary key (dag, run, task)
);
create index alert_open on alert (at) where ended_at is null;
