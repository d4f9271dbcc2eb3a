-- The codes of feed %(feed)s that anything occurred of on local day %(day)s, and every code of the same cases. A sender's clock
-- may be ahead of ours by %(ahead)s minutes: what occurred on a day reached us no sooner.
create temp table verify_some on commit drop as
with said as (
    select distinct case_id code from event
    where feed = %(feed)s and received_at >= %(day)s::date::timestamp at time zone %(zone)s - %(ahead)s * interval '1 minute'
        and occurred_at >= %(day)s::date::timestamp at time zone %(zone)s
        and occurred_at < (%(day)s::date + 1)::timestamp at time zone %(zone)s
), whose as (
    select s.code, coalesce(a.case_id, s.code) case_id from said s left join alias a on a.feed = %(feed)s and a.code = s.code
)
select code from whose union select case_id from whose
union select a.code from alias a join whose w on w.case_id = a.case_id where a.feed = %(feed)s
