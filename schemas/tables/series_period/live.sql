-- Observations that differ from those that stand, of periods that begin on {from} or later and had ended by {to}; of which nothing
-- was delivered at or above the run's position, and which live has folded by the run's definitions.
with moved as (
    select case_id from event where topic = {feed} and "offset" >= coalesce(({position}::jsonb -> topic ->> partition::text)::bigint, 0)
    union
    select case_id from duplicate where topic = {feed} and "offset" >= coalesce(({position}::jsonb -> topic ->> partition::text)::bigint, 0)
), standing as (
    select case_id, coalesce(agency, '') agency, definitions, set_aside, (attributes->>'from')::date as first, (attributes->>'to')::date as last,
        coalesce(trim_scale((attributes->>'value')::numeric)::text, '') as value, coalesce(trim_scale((attributes->>'n')::numeric)::text, '') as n
    from cases where feed = {feed} and phase = 'observed'
)
select coalesce(s.observation, l.case_id) as observation, s.value as staged, l.value as standing
from {series_period} s
full join (select * from standing where first >= {from} and last <= {to}) l on l.case_id = s.observation
where coalesce(s.observation, l.case_id) not in (select case_id from moved)
    and coalesce(l.definitions, {definitions}) = {definitions} and l.set_aside is null
    and (s.observation is null or s.period_from >= {from})
    and (s.observation is null or l.case_id is null or (s.agency, s.value, s.n) is distinct from (l.agency, l.value, l.n))
order by 1
