-- Every month's figures added up over the agencies that stand at the top, each with all that stand under it on the month's
-- last day. An agency that no chain leads up from is missing there; one that two chains lead up from is there twice.
-- Who is not in the reference data, or was no longer valid that day, stands for itself.
with recursive staged as (
    select calendar, month, month_to, agency, sum(new) new, sum(resolved) resolved, sum(open_in_time + open_overdue) open_end
    from {flow_month} group by calendar, month, month_to, agency
), valid as (
    select s.month_to, v.code, v.parent from (select distinct month_to from staged) s
    join agency_version v on s.month_to between coalesce(v.valid_from, '-infinity') and coalesce(v.valid_to, 'infinity')
), climb as (
    select s.month_to, s.agency, s.agency at, array[s.agency] path from (select distinct month_to, agency from staged) s
    union all
    select c.month_to, c.agency, v.parent, c.path || v.parent from climb c
    join valid v on (v.month_to, v.code) = (c.month_to, c.at) where v.parent <> all (c.path)
), tops as (
    select c.month_to, c.agency, c.at top from climb c
    where exists (select from valid v where (v.month_to, v.code) = (c.month_to, c.at) and v.parent is null)
        or c.at = c.agency and not exists (select from valid v where (v.month_to, v.code) = (c.month_to, c.at))
), counted as (
    select s.*, coalesce(t.tops, 0) tops from staged s
    left join (select month_to, agency, count(*) tops from tops group by month_to, agency) t using (month_to, agency)
)
select
    calendar, month,
    sum(abs(new * (tops - 1)) + abs(resolved * (tops - 1)) + abs(open_end * (tops - 1)))::bigint as top_gap,
    string_agg(agency || case when tops = 0 then ' stands under nobody known' else ' stands under several' end, ', ')
        filter (where tops <> 1) as astray
from counted group by calendar, month order by calendar, month
