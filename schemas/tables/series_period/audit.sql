-- The frame that an audit looks at: every observation, with what its series' definition makes of it.
with promised as (
    select p.series, p.said->>0 as kind from definitions d cross join jsonb_each(d.content->'series') p (series, said)
    where d.hash = {definitions}
), lasting as (
    select s.*, s.period_to - s.period_from + 1 as days, p.kind, p.series is not null as promised
    from {series_period} s left join promised p using (series)
)
select series, agency, dimensions, period, promised::int as promised, period_to - {to}::date as beyond,
    case kind
        when 'day' then days = 1 when 'week' then days = 7 when 'month' then days between 28 and 31
        when 'quarter' then days between 90 and 92 when 'half' then days between 181 and 184 when 'year' then days in (365, 366)
        else false
    end::int as whole,
    (value ~ '^(-?\d+(\.\d+)?)?$' and n ~ '^(\d+(\.\d+)?)?$')::int as readable
from lasting order by observation
