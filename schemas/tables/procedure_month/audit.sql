-- The frame that an audit looks at: every staged month by procedure with what would have to be zero.
with staged as (
    select * from {procedure_month}
), parts as (
    select calendar, month, agency, channel, sum(new) new, sum(resolved) resolved, sum(early) early,
        sum(on_due_date) on_due_date, sum(late) late, sum(no_due_date) no_due_date, sum(withdrawn) withdrawn
    from staged group by calendar, month, agency, channel
), wholes as (
    select calendar, month, agency, channel, sum(new) new, sum(resolved) resolved, sum(early) early,
        sum(on_due_date) on_due_date, sum(late) late, sum(no_due_date) no_due_date, sum(withdrawn) withdrawn
    from {flow_month} group by calendar, month, agency, channel
), gaps as (
    select calendar, month, sum(
        abs(coalesce(p.new, 0) - coalesce(w.new, 0)) + abs(coalesce(p.resolved, 0) - coalesce(w.resolved, 0))
        + abs(coalesce(p.early, 0) - coalesce(w.early, 0)) + abs(coalesce(p.on_due_date, 0) - coalesce(w.on_due_date, 0))
        + abs(coalesce(p.late, 0) - coalesce(w.late, 0)) + abs(coalesce(p.no_due_date, 0) - coalesce(w.no_due_date, 0))
        + abs(coalesce(p.withdrawn, 0) - coalesce(w.withdrawn, 0))
    ) gap
    from parts p full join wholes w using (calendar, month, agency, channel)
    group by calendar, month
), rows as (  -- a month that lacks every row is seen too
    select calendar, month, agency, channel, procedure, new, full_service, partial_service, resolved, early, on_due_date,
        late, no_due_date, withdrawn, letter_in_time, letter_late, letter_missing, reception_in_time, reception_late, set_aside from staged
    union all
    select g.calendar, g.month, '', '', '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 from gaps g
    where not exists (select from staged s where (s.calendar, s.month) = (g.calendar, g.month))
)
select
    r.calendar, r.month, r.agency, r.channel, r.procedure,
    r.early + r.on_due_date + r.late + r.no_due_date - r.resolved as outcome_gap,
    r.new - r.full_service - r.partial_service as without_level,
    least(
        r.new, r.full_service, r.partial_service, r.resolved, r.early, r.on_due_date, r.late, r.no_due_date, r.withdrawn, r.letter_in_time, r.letter_late,
        r.letter_missing, r.reception_in_time, r.reception_late, r.set_aside
    ) as smallest,
    coalesce(g.gap, 0) as months_gap
from rows r left join gaps g on (g.calendar, g.month) = (r.calendar, r.month)
order by r.calendar, r.month, r.agency, r.channel, r.procedure
