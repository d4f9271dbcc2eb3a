-- Live: what was delivered, where it stands, and the cases folded from it.
create table topic_partition (
    topic text not null,
    partition int not null,
    topic_id text not null,                     -- a deleted and re-created topic has another id: stop, never jump
    next_offset bigint not null,
    primary key (topic, partition)
);

create table knowledge (                        -- the position known at an instant, written at most once a second
    feed text not null,
    at timestamptz not null,
    position jsonb not null,                    -- {"topic": {"0": next_offset, ...}}
    primary key (feed, at)
);

create table event (
    feed text not null,
    case_id text not null,
    source text not null,
    id text not null,
    hash text not null,
    type text not null,
    dataschema text not null,
    subject text not null,
    occurred_at timestamptz not null,
    received_at timestamptz not null,
    status text,
    due_at timestamptz,
    agency text,
    receiving_agency text,
    channel text,
    procedure text,
    data jsonb not null,
    topic text not null,
    partition int not null,
    "offset" bigint not null,
    batch text,
    seq bigint,
    raw text,
    primary key (feed, case_id, source, id, hash)
) partition by hash (case_id);

do $$
begin
    for i in 0..15 loop
        execute format('create table event_%s partition of event for values with (modulus 16, remainder %s)', lpad(i::text, 2, '0'), i);
    end loop;
end $$;
create index event_offset on event (topic, partition, "offset");
create index event_batch on event (batch, seq) where batch is not null;

create table duplicate (
    topic text not null,
    partition int not null,
    "offset" bigint not null,
    feed text not null,
    case_id text not null,
    source text not null,
    id text not null,
    hash text not null,
    received_at timestamptz not null,
    batch text,
    seq bigint,
    raw text,
    primary key (topic, partition, "offset")
);
create index duplicate_case on duplicate (feed, case_id);
create index duplicate_batch on duplicate (batch, seq) where batch is not null;

create table quarantine (
    topic text not null,
    partition int not null,
    "offset" bigint not null,
    feed text not null,
    source text,
    reason text not null,
    field text,
    value text,
    mend text not null,
    payload jsonb,                              -- personal fields tokenised, others than the kept ones gone
    payload_text text,                          -- where it was not JSON
    received_at timestamptz not null,
    batch text,
    seq bigint,
    raw text,
    hash text,                                  -- of what was refused and why; null: nothing to tell a repeat by
    redriven_at timestamptz,
    redriven_batch text,
    primary key (topic, partition, "offset")
);
create index quarantine_reason on quarantine (feed, reason);
create index quarantine_batch on quarantine (batch, seq) where batch is not null;
create unique index quarantine_once on quarantine (hash) where redriven_at is null; -- a refusal sent again is a duplicate

create table cases (
    feed text not null,
    case_id text not null,
    source text,
    phase text,
    status text,
    in_figures boolean not null default false,
    entered_at timestamptz,
    entered_on date,
    due_at timestamptz,
    due_on date,
    resolved_at timestamptz,
    resolved_on date,
    delivered_at timestamptz,
    withdrawn boolean not null default false,
    outcome text,
    outcome_by_date text,
    outcome_by_instant text,
    agency text,
    receiving_agency text,
    channel text,
    procedure text,
    set_aside text,
    flags text[] not null default '{}',
    events int not null default 0,
    last_occurred_at timestamptz,
    last_received_at timestamptz,
    definitions text,
    primary key (feed, case_id)
);
create index cases_entered on cases (feed, entered_on) where in_figures;
create index cases_resolved on cases (feed, resolved_on) where in_figures;
create index cases_open on cases (feed, due_at) include (due_on, agency) where in_figures and resolved_at is null; -- included: tiles per agency without the heap, 13 -> 3 ms
create index cases_set_aside on cases (feed, set_aside) where set_aside is not null;

create table agency (
    code text primary key,
    name text not null,
    source text                                 -- null: reference data; else registered under this source
);

create table definitions (
    hash text primary key,
    feed text not null,
    known_at timestamptz not null,
    content jsonb not null
);

-- Rolled up: audited revisions. A row holds from one revision until the next that changes it.
create table revision (
    revision bigint generated always as identity primary key,
    feed text not null,
    calendar text not null default 'CALENDAR',
    covers_from date not null,
    covers_to date not null,                    -- inclusive
    zone text not null,
    position jsonb not null,
    definitions text not null,
    run_id text not null unique,
    audit jsonb not null,
    published_at timestamptz not null
);
create index revision_feed on revision (feed, revision desc);

create table flow_day (
    feed text not null,
    day date not null,
    agency text not null,
    channel text not null,
    carried_over bigint not null,
    new bigint not null,
    received_total bigint not null,
    resolved bigint not null,
    early bigint not null,
    on_due_date bigint not null,
    late bigint not null,
    no_due_date bigint not null,
    withdrawn bigint not null,                  -- of which; counted in on_due_date
    open_end bigint not null,
    open_end_overdue bigint not null,
    from_revision bigint not null references revision,
    to_revision bigint references revision,     -- null: holds now
    primary key (feed, day, agency, channel, from_revision)
);
create index flow_day_now on flow_day (feed, day) where to_revision is null;
create view flow_day_published as select * from flow_day where to_revision is null;

create table audit (
    run_id text not null,
    feed text not null,
    "check" text not null,
    severity text not null,                     -- fail | warn
    ok boolean not null,
    observed text not null,
    at timestamptz not null,
    primary key (run_id, "check")
);

create table run (                              -- one rollup run, from staging to its verdict
    run_id text primary key,
    feed text not null,
    covers_from date not null,
    covers_to date not null,
    zone text not null,
    position jsonb,
    definitions text,
    state text not null,                        -- staged | audited | refused | published | failed
    reason text,
    cases bigint,
    set_aside bigint,
    started_at timestamptz not null,
    ended_at timestamptz
);

create schema staging;
