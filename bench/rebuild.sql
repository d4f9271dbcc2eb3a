-- The named peer of the rebuild: the same figures, written by hand for one feed whose codes and zone are known.
-- Repeats need no care: every aggregate here is the same with an event twice. (`events`, `{first}`, `{last}` are given.)
with cases as (
    select case_id,
           min(occurred_at) filter (status = '2') as entered_at,
           max(occurred_at) filter (status in ('2', '4', '5', '6', '8')) as since,
           min(occurred_at) filter (status = '9') as resolved_at,
           min(occurred_at) filter (status = '10') as delivered_at,
           min(occurred_at) filter (status = '7') as withdrawn_at,
           arg_max(due_at, occurred_at) filter (due_at is not null) as due_at,
           coalesce(arg_max(agency, occurred_at) filter (agency is not null), '') as resolving,
           coalesce(arg_min(receiving_agency, occurred_at) filter (receiving_agency is not null), resolving) as receiving,
           coalesce(arg_max(channel, occurred_at) filter (channel is not null), '') as channel
    from events
    group by case_id
), ended as (
    select unnest(['resolving', 'receiving']) as credit, unnest([resolving, receiving]) as agency, channel,
           entered_at, due_at,
           withdrawn_at is not null as withdrawn,
           coalesce(withdrawn_at, resolved_at, delivered_at) as ended_at
    from cases
    where entered_at is not null
), days as (
    select credit, agency, channel, withdrawn,
           (entered_at at time zone 'Asia/Ho_Chi_Minh')::date as entered_on,
           (due_at at time zone 'Asia/Ho_Chi_Minh')::date as due_on,
           (ended_at at time zone 'Asia/Ho_Chi_Minh')::date as ended_on
    from ended
), overdue as (
    select *, case when due_on is not null and (ended_on is null or greatest(entered_on, due_on) < ended_on)
                   then greatest(entered_on, due_on) end as overdue_on
    from days
), cells as (
    select entered_on as day, credit, agency, channel, count(*) as new, 0 as resolved, 0 as early, 0 as on_due_date,
           0 as late, 0 as no_due_date, 0 as withdrawn, 0 as overdue
    from overdue group by all
    union all
    select ended_on, credit, agency, channel, 0, count(*),
           count(*) filter (not withdrawn and ended_on < due_on),
           count(*) filter (withdrawn or ended_on = due_on),
           count(*) filter (not withdrawn and ended_on > due_on),
           count(*) filter (not withdrawn and due_on is null),
           count(*) filter (withdrawn),
           -count(overdue_on)
    from overdue where ended_on is not null group by all
    union all
    select overdue_on, credit, agency, channel, 0, 0, 0, 0, 0, 0, 0, count(*)
    from overdue where overdue_on is not null group by all
), summed as (
    select greatest(day, date '{first}' - 1) as day, credit, agency, channel, sum(new) as new, sum(resolved) as resolved,
           sum(early) as early, sum(on_due_date) as on_due_date, sum(late) as late,
           sum(no_due_date) as no_due_date, sum(withdrawn) as withdrawn, sum(overdue) as overdue
    from cells where day <= date '{last}' group by all
), dense as (
    select d.day, g.credit, g.agency, g.channel,
           coalesce(s.new, 0) as new, coalesce(s.resolved, 0) as resolved, coalesce(s.early, 0) as early,
           coalesce(s.on_due_date, 0) as on_due_date, coalesce(s.late, 0) as late,
           coalesce(s.no_due_date, 0) as no_due_date, coalesce(s.withdrawn, 0) as withdrawn,
           sum(coalesce(s.new, 0) - coalesce(s.resolved, 0)) over so_far as open_end,
           sum(coalesce(s.overdue, 0)) over so_far as open_end_overdue
    from (select unnest(generate_series(date '{first}' - 1, date '{last}', interval 1 day))::date as day) d
    cross join (select distinct credit, agency, channel from summed) g
    left join summed s on s.day = d.day and s.credit = g.credit and s.agency = g.agency and s.channel = g.channel
    window so_far as (partition by g.credit, g.agency, g.channel order by d.day)
)
select day, credit, agency, channel, open_end + resolved - new as carried_over, new, open_end + resolved as received_total,
       resolved, early, on_due_date, late, no_due_date, withdrawn, open_end, open_end_overdue
from dense
where day >= date '{first}'
  and (new, resolved, open_end, open_end_overdue) <> (0, 0, 0, 0)
order by day, credit, agency, channel
