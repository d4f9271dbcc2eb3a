-- Staged observations that are not those of verify_observed: plain SQL over the stored events below the run's position.
select coalesce(s.observation, v.case_id) as observation, s.value, v.said->>'value' as counted
from (
    select observation, series, agency, period, dimensions::jsonb dimensions, value, n from {series_period} where observation in (select observation from {staged})
) s
full join (
    select case_id, coalesce(agency, '') agency, said, jsonb_strip_nulls(said - array['series', 'period', 'value', 'n', 'reason']) dimensions
    from verify_observed
) v on v.case_id = s.observation
where s.observation is null or v.case_id is null
    or (s.series, s.agency, s.period, s.dimensions, s.value, s.n) is distinct from (
        v.said->>'series', v.agency, v.said->>'period', v.dimensions,
        coalesce(trim_scale((v.said->>'value')::numeric)::text, ''), coalesce(trim_scale((v.said->>'n')::numeric)::text, '')
    )
order by 1
