-- Observations of feed %(feed)s as they stand that are not those of verify_observed.
with held as (
    select case_id, agency, attributes - 'from' - 'to' said from cases where feed = %(feed)s and set_aside is null
)
select coalesce(h.case_id, t.case_id), h.agency, h.said, t.agency, t.said
from held h full join verify_observed t using (case_id)
where h.case_id is null or t.case_id is null or (h.agency, h.said) is distinct from (t.agency, t.said)
order by 1
