-- What forms print, per whole month of a period calendar; longer periods are sums of months. Credited to who resolves.
create table flow_month (
    feed text not null,
    calendar text not null,
    month text not null,                        -- named as in the calendar: 2024-01
    month_from date not null,
    month_to date not null,                     -- inclusive
    agency text not null,
    channel text not null,
    sector text not null,                       -- of the procedure; '' where none is known
    carried_over bigint not null,
    new bigint not null,
    resolved bigint not null,
    early bigint not null,
    on_due_date bigint not null,
    late bigint not null,
    no_due_date bigint not null,
    withdrawn bigint not null,                  -- of which; counted in on_due_date
    open_in_time bigint not null,               -- at the month's end; paused ones are in time
    open_overdue bigint not null,
    about_to_breach bigint not null,            -- of which in time and due on the day after
    paused_supplement bigint not null,          -- of which in time
    paused_fee bigint not null,
    paused_stop bigint not null,
    from_revision bigint not null references revision,
    to_revision bigint references revision,     -- null: holds now
    primary key (feed, calendar, month, agency, channel, sector, from_revision)
);
create index flow_month_now on flow_month (feed, calendar, month_from) where to_revision is null;
create view flow_month_published as select * from flow_month where to_revision is null;

-- Every closed figure that a later revision changed. Rows are only ever added.
create table restatement (
    restatement bigint generated always as identity primary key,
    feed text not null,
    revision bigint not null references revision,   -- which changed it
    calendar text not null,
    month text not null,
    agency text not null,
    channel text not null,
    sector text not null,
    figure text not null,                       -- a column of flow_month
    old bigint not null,
    new bigint not null,
    cause text not null,                        -- late-event | correction | replay | definitions | identity
    events text[] not null,                     -- source and id of the events that caused it, a hundred at most
    event_count bigint not null,
    run_id text not null,
    at timestamptz not null
);
create index restatement_period on restatement (feed, calendar, month);
create index restatement_revision on restatement (revision);

-- A form as it was signed. A later signing of the same form is a row of its own; none is ever changed.
create table signature (
    signature bigint generated always as identity primary key,
    form text not null,
    feed text not null,
    calendar text not null,
    period text not null,
    agency text not null,                       -- whose form it is
    nth int not null,                           -- 1: first signed; 2: signed again after one restatement
    revision bigint not null references revision,
    content json not null,                      -- the filled form; jsonb would lose the order of what is printed
    checksum text not null,                     -- SHA-256 of the content's canonical JSON
    signer text not null,
    role text not null,
    approver text,                              -- who allowed signing again
    reasons jsonb not null default '[]',        -- what stood against signing, and what the signer wrote
    signed_at timestamptz not null,
    unique (form, feed, calendar, period, agency, nth)
);

create function never_changed() returns trigger language plpgsql as $$
begin
    raise exception '% is never changed: add a row that says what holds now', tg_table_name
        using errcode = 'restrict_violation';
end $$;
create trigger signature_stays before update or delete on signature for each row execute function never_changed();
create trigger restatement_stays before update or delete on restatement for each row execute function never_changed();
create trigger signature_is_not_emptied before truncate on signature for each statement execute function never_changed();
create trigger restatement_is_not_emptied before truncate on restatement for each statement execute function never_changed();
