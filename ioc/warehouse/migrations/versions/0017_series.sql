-- Observations of ended periods, as audited and published; what is added up over time and agencies is made of them.
create table series_period (
    feed text not null,
    observation text not null,                  -- its key: series/agency/period/dimensions
    series text not null,
    agency text not null,                       -- '': of the whole
    dimensions text not null,                   -- JSON of those that are named
    period text not null,                       -- 2024, 2024-Q1, 2024-03, 2024-W09, 2024-03-05
    period_from date not null,
    period_to date not null,                    -- inclusive
    value text not null,                        -- a plain decimal; '': not arisen, which is not 0
    n text not null,                            -- the weight behind a mean; '': none was told
    from_revision bigint not null references revision,
    to_revision bigint references revision,     -- null: holds now
    primary key (feed, observation, from_revision)
);
create index series_period_now on series_period (feed, period_from) where to_revision is null;
create view series_period_published as
select feed, observation, series, agency, dimensions::jsonb as dimensions, period, period_from, period_to,
    nullif(value, '')::numeric as value, nullif(n, '')::numeric as n, from_revision
from series_period where to_revision is null;

alter table run add kind text not null default 'case';  -- of the feed: case | observation
