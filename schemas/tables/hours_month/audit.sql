-- The frame that an audit looks at: every staged month by working hours, with what would have to be zero or less.
with staged as (
    select * from {hours_month}
), timed as (
    select calendar, month, agency, sum(resolved) resolved from staged group by calendar, month, agency
), wholes as (
    select calendar, month, agency, sum(resolved - withdrawn) resolved from {flow_month} group by calendar, month, agency
)
select
    s.calendar, s.month, s.agency, s.hours, least(s.resolved, s.hours) as smallest,
    t.resolved - coalesce(w.resolved, 0) as excess
from staged s
join timed t on (t.calendar, t.month, t.agency) = (s.calendar, s.month, s.agency)
left join wholes w on (w.calendar, w.month, w.agency) = (s.calendar, s.month, s.agency)
order by s.calendar, s.month, s.agency, s.hours
