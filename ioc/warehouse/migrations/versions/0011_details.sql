-- What happened in whole months of a period calendar, by procedure: the detail of measures that do not add up.
create table procedure_month (
    feed text not null,
    calendar text not null,
    month text not null,                        -- named as in the calendar: 2024-01
    month_from date not null,
    month_to date not null,                     -- inclusive
    agency text not null,                       -- who resolves; of receptions, where it was handed in
    channel text not null,
    procedure text not null,                    -- '' where none is known
    new bigint not null,
    resolved bigint not null,
    early bigint not null,
    on_due_date bigint not null,
    late bigint not null,
    no_due_date bigint not null,
    withdrawn bigint not null,                  -- of which; counted in on_due_date
    letter_in_time bigint not null,             -- of resolved: apology letter in time, late, or none though late
    letter_late bigint not null,
    letter_missing bigint not null,
    reception_in_time bigint not null,          -- within the working hours that reception has, or not
    reception_late bigint not null,
    set_aside bigint not null,                  -- received in the month, in no figure
    from_revision bigint not null references revision,
    to_revision bigint references revision,     -- null: holds now
    primary key (feed, calendar, month, agency, channel, procedure, from_revision)
);
create index procedure_month_now on procedure_month (feed, calendar, month_from) where to_revision is null;

-- How many working hours the cases took that were resolved in a month; percentiles are read off it at any level.
create table hours_month (
    feed text not null,
    calendar text not null,
    month text not null,
    month_from date not null,
    month_to date not null,
    agency text not null,                       -- who resolves
    hours int not null,                         -- begun working hours, from reception to end without pauses
    resolved bigint not null,                   -- without withdrawn ones
    from_revision bigint not null references revision,
    to_revision bigint references revision,
    primary key (feed, calendar, month, agency, hours, from_revision)
);
create index hours_month_now on hours_month (feed, calendar, month_from) where to_revision is null;
