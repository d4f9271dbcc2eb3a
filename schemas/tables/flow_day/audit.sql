-- The frame that an audit looks at: every staged row with what would have to be zero. {flow_day} is the run's table.
with staged as (
    select * from {flow_day}
), daily as (
    select day, sum(new) received from staged where credit = 'resolving' group by day having sum(new) > 0
), credits as (  -- both credits count the same cases
    select day, abs(coalesce(sum(received_total) filter (where credit = 'resolving'), 0)
        - coalesce(sum(received_total) filter (where credit = 'receiving'), 0))
        + abs(coalesce(sum(resolved) filter (where credit = 'resolving'), 0)
        - coalesce(sum(resolved) filter (where credit = 'receiving'), 0)) as gap
    from staged group by day
), usual as (
    select greatest(percentile_cont(0.5) within group (order by received), 10) received from daily
)
select
    s.day, s.credit, s.agency, s.channel,
    s.carried_over + s.new - s.received_total as received_total_gap,
    s.received_total - s.resolved - s.open_end as open_end_gap,
    s.early + s.on_due_date + s.late + s.no_due_date - s.resolved as outcome_gap,
    case when s.day > {from} then s.carried_over - coalesce(before.open_end, 0) else 0 end as carried_over_gap,
    case when s.day < {to} and after.day is null then s.open_end else 0 end as lost_gap,
    least(
        s.carried_over, s.new, s.received_total, s.resolved, s.early, s.on_due_date, s.late, s.no_due_date,
        s.withdrawn, s.open_end, s.open_end_overdue
    ) as smallest,
    c.gap as credit_gap,
    greatest(s.withdrawn - s.on_due_date, s.open_end_overdue - s.open_end) as part_excess,
    case when s.day between {from} and {to} then 0 else 1 end as outside_days,
    coalesce(d.received / u.received, 0)::double precision as times_usual
from staged s
left join staged before on (before.day, before.credit, before.agency, before.channel) = (s.day - 1, s.credit, s.agency, s.channel)
left join staged after on (after.day, after.credit, after.agency, after.channel) = (s.day + 1, s.credit, s.agency, s.channel)
left join daily d on d.day = s.day
cross join usual u
left join credits c on c.day = s.day
order by s.day, s.credit, s.agency, s.channel
