-- The frame that an audit looks at: every staged month with what would have to be zero. Days are of the same run.
with staged as (
    select * from {flow_month}
), whole as (  
    select distinct m.calendar, m.month, m.month_from, m.month_to from staged m
), summed as (
    select calendar, month, agency, channel, sum(carried_over) carried_over, sum(new) new, sum(resolved) resolved,
        sum(early) early, sum(on_due_date) on_due_date, sum(late) late, sum(no_due_date) no_due_date,
        sum(withdrawn) withdrawn, sum(open_in_time + open_overdue) open_end
    from staged group by calendar, month, agency, channel
), daily as (
    select w.calendar, w.month, d.agency, d.channel,
        coalesce(sum(d.carried_over) filter (where d.day = greatest(w.month_from, {from})), 0) carried_over,
        sum(d.new) new, sum(d.resolved) resolved, sum(d.early) early, sum(d.on_due_date) on_due_date, sum(d.late) late,
        sum(d.no_due_date) no_due_date, sum(d.withdrawn) withdrawn,
        coalesce(sum(d.open_end) filter (where d.day = w.month_to), 0) open_end
    from whole w join {flow_day} d on d.day between w.month_from and w.month_to and d.credit = 'resolving'
    group by w.calendar, w.month, d.agency, d.channel
), gaps as (
    select calendar, month, sum(
        abs(coalesce(s.carried_over, 0) - coalesce(d.carried_over, 0)) + abs(coalesce(s.new, 0) - coalesce(d.new, 0))
        + abs(coalesce(s.resolved, 0) - coalesce(d.resolved, 0)) + abs(coalesce(s.early, 0) - coalesce(d.early, 0))
        + abs(coalesce(s.on_due_date, 0) - coalesce(d.on_due_date, 0)) + abs(coalesce(s.late, 0) - coalesce(d.late, 0))
        + abs(coalesce(s.no_due_date, 0) - coalesce(d.no_due_date, 0))
        + abs(coalesce(s.withdrawn, 0) - coalesce(d.withdrawn, 0)) + abs(coalesce(s.open_end, 0) - coalesce(d.open_end, 0))
    ) gap
    from summed s full join daily d using (calendar, month, agency, channel)
    group by calendar, month
), turns as (  -- a month and the one after it
    select a.calendar, a.month before, b.month after from whole a
    join whole b on b.calendar = a.calendar and b.month_from = a.month_to + 1
)
select
    s.calendar, s.month, s.agency, s.channel, s.sector,
    s.carried_over + s.new - s.resolved - s.open_in_time - s.open_overdue as received_gap,
    s.early + s.on_due_date + s.late + s.no_due_date - s.resolved as outcome_gap,
    case when t.before is null then 0
        else s.carried_over - coalesce(before.open_in_time + before.open_overdue, 0) end as carried_over_gap,
    case when n.after is null or after.month is not null then 0
        else s.open_in_time + s.open_overdue end as lost_gap,
    least(
        s.carried_over, s.new, s.resolved, s.early, s.on_due_date, s.late, s.no_due_date, s.withdrawn,
        s.open_in_time, s.open_overdue, s.about_to_breach, s.paused_supplement, s.paused_fee, s.paused_stop
    ) as smallest,
    greatest(
        s.withdrawn - s.on_due_date,
        s.about_to_breach + s.paused_supplement + s.paused_fee + s.paused_stop - s.open_in_time
    ) as part_excess,
    g.gap as days_gap
from staged s
left join gaps g on (g.calendar, g.month) = (s.calendar, s.month)
left join turns t on (t.calendar, t.after) = (s.calendar, s.month)
left join turns n on (n.calendar, n.before) = (s.calendar, s.month)
left join staged before on (before.calendar, before.month, before.agency, before.channel, before.sector)
    = (s.calendar, t.before, s.agency, s.channel, s.sector)
left join staged after on (after.calendar, after.month, after.agency, after.channel, after.sector)
    = (s.calendar, n.after, s.agency, s.channel, s.sector)
order by s.calendar, s.month, s.agency, s.channel, s.sector
