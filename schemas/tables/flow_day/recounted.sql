-- The last day's new and resolved cases as staged, beside a count in plain SQL of the events stored below the run's position
-- (ioc/verify/day.py makes verify_case). Where live has not stored them all yet, nothing is compared; live-comparable says so.
with able as (
    select not exists (
        select from jsonb_each({position}::jsonb) said (topic, ends) cross join jsonb_each_text(said.ends) each_ (partition, "end")
        left join topic_partition t on t.topic = said.topic and t.partition = each_.partition::int
        where coalesce(t.next_offset, 0) < each_."end"::bigint
    ) and exists (select from topic_partition t where t.topic = {feed})
        and exists (select from definitions d where d.hash = {definitions}) yes
), whose as (
    select v.*, w.credit, w.code, coalesce(v.channel, '') said_channel from verify_case v cross join lateral (values
        ('resolving', coalesce(v.agency, '')), ('receiving', coalesce(v.receiving_agency, v.agency, ''))
    ) w (credit, code) where v.in_figures
), recounted as (
    select credit, code agency, said_channel channel, count(*) filter (where entered_on = {to}) "new",
        count(*) filter (where resolved_on = {to}) resolved,
        count(*) filter (where resolved_on = {to} and outcome = 'early') early,
        count(*) filter (where resolved_on = {to} and outcome = 'on_due_date') on_due_date,
        count(*) filter (where resolved_on = {to} and outcome = 'late') late,
        count(*) filter (where resolved_on = {to} and outcome = 'no_due_date') no_due_date,
        count(*) filter (where resolved_on = {to} and withdrawn) withdrawn
    from whose group by 1, 2, 3
), staged as (
    select credit, agency, channel, "new", resolved, early, on_due_date, late, no_due_date, withdrawn
    from {flow_day} where "day" = {to}
)
select credit, agency, channel, case when a.yes and
    array[s."new", s.resolved, s.early, s.on_due_date, s.late, s.no_due_date, s.withdrawn] is distinct from
    array[r."new", r.resolved, r.early, r.on_due_date, r.late, r.no_due_date, r.withdrawn]
    and coalesce(r."new" + r.resolved, 0) + coalesce(s."new" + s.resolved, 0) <> 0
    then format('%s %s %s/%s: staged %s new and %s resolved, recounted %s and %s', {to}, credit, agency, channel,
        coalesce(s."new", 0), coalesce(s.resolved, 0), coalesce(r."new", 0), coalesce(r.resolved, 0)) end as differs
from staged s full join recounted r using (credit, agency, channel) cross join able a
order by credit, agency, channel
