-- Observations published in revision %(revision)s of feed %(feed)s that are not those of verify_observed whose period had ended by %(to)s.
with published as (
    select observation, series, agency, period, dimensions::jsonb dimensions, value, n from series_period
    where feed = %(feed)s and from_revision <= %(revision)s and (to_revision is null or to_revision > %(revision)s)
), told as (
    select v.case_id, v.said->>'series' series, coalesce(v.agency, '') agency, v.said->>'period' period,
        jsonb_strip_nulls(v.said - array['series', 'period', 'value', 'n', 'reason']) dimensions,
        coalesce(trim_scale((v.said->>'value')::numeric)::text, '') as value, coalesce(trim_scale((v.said->>'n')::numeric)::text, '') as n
    from verify_observed v join cases c on c.feed = %(feed)s and c.case_id = v.case_id
    where (c.attributes->>'to')::date <= %(to)s
)
select coalesce(p.observation, t.case_id), p.value, p.n, t.value, t.n
from published p full join told t on t.case_id = p.observation
where p.observation is null or t.case_id is null
    or (p.series, p.agency, p.period, p.dimensions, p.value, p.n)
        is distinct from (t.series, t.agency, t.period, t.dimensions, t.value, t.n)
order by 1
