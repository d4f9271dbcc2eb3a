-- Published months against a count of verify_case, month by month; only the rows that differ.
with published as (
    select calendar, month, month_from, month_to, agency, channel, sum(carried_over) carried_over, sum(new) new,
        sum(resolved) resolved, sum(early) early, sum(on_due_date) on_due_date, sum(late) late,
        sum(no_due_date) no_due_date, sum(withdrawn) withdrawn, sum(open_in_time + open_overdue) open_end
    from flow_month where feed = %(feed)s and from_revision <= %(revision)s
        and (to_revision is null or to_revision > %(revision)s)
    group by calendar, month, month_from, month_to, agency, channel
), months as (
    select distinct calendar, month, month_from, month_to from published
), counted as (
    select m.calendar, m.month, coalesce(c.agency, '') agency, coalesce(c.channel, '') channel,
        count(*) filter (where c.entered_on < m.month_from) carried_over,
        count(*) filter (where c.entered_on >= m.month_from) new,
        count(*) filter (where c.resolved_on <= m.month_to) resolved,
        count(*) filter (where c.resolved_on <= m.month_to and c.outcome = 'early') early,
        count(*) filter (where c.resolved_on <= m.month_to and c.outcome = 'on_due_date') on_due_date,
        count(*) filter (where c.resolved_on <= m.month_to and c.outcome = 'late') late,
        count(*) filter (where c.resolved_on <= m.month_to and c.outcome = 'no_due_date') no_due_date,
        count(*) filter (where c.resolved_on <= m.month_to and c.withdrawn) withdrawn,
        count(*) filter (where c.resolved_on is null or c.resolved_on > m.month_to) open_end
    from months m join verify_case c on c.in_figures and c.entered_on <= m.month_to
        and (c.resolved_on is null or c.resolved_on >= m.month_from)
    group by 1, 2, 3, 4
)
select calendar, month, agency, channel,
    array[p.carried_over, p.new, p.resolved, p.early, p.on_due_date, p.late, p.no_due_date, p.withdrawn, p.open_end]::text[],
    array[c.carried_over, c.new, c.resolved, c.early, c.on_due_date, c.late, c.no_due_date, c.withdrawn, c.open_end]::text[]
from published p full join counted c using (calendar, month, agency, channel)
where (p.carried_over, p.new, p.resolved, p.early, p.on_due_date, p.late, p.no_due_date, p.withdrawn, p.open_end)
    is distinct from
    (c.carried_over, c.new, c.resolved, c.early, c.on_due_date, c.late, c.no_due_date, c.withdrawn, c.open_end)
order by 1, 2, 3, 4
