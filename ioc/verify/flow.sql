-- Flow per day and group out of verify_case, counted day by day; makes verify_flow for %(from)s..%(to)s.
create temp table verify_flow on commit drop as
with counted as (
    select *, coalesce(channel, '') c,
        case when due_on is not null then greatest(due_on, entered_on) end overdue_from
    from verify_case cross join lateral (values
        ('resolving', coalesce(agency, '')), ('receiving', coalesce(receiving_agency, agency, ''))
    ) whose (w, a) where in_figures
), came as (
    select entered_on d, w, a, c, count(*) n from counted group by 1, 2, 3, 4
), went as (
    select resolved_on d, w, a, c, count(*) n,
        count(*) filter (where outcome = 'early') early, count(*) filter (where outcome = 'on_due_date') on_due_date,
        count(*) filter (where outcome = 'late') late, count(*) filter (where outcome = 'no_due_date') no_due_date,
        count(*) filter (where withdrawn) withdrawn
    from counted where resolved_on is not null group by 1, 2, 3, 4
), fell as (  -- overdue at the end of a day: due by then, received by then, not resolved by then
    select d, w, a, c, sum(n) n from (
        select overdue_from d, w, a, c, 1 n from counted
        where overdue_from is not null and (resolved_on is null or resolved_on > overdue_from)
        union all
        select resolved_on, w, a, c, -1 from counted where overdue_from is not null and resolved_on > overdue_from
    ) moves group by 1, 2, 3, 4
), days as (
    select d::date d from generate_series(%(from)s::date, %(to)s::date, interval '1 day') d
), grid as (
    select d, w, a, c from days cross join (select distinct w, a, c from counted) groups
), opening as (
    select w, a, c, count(*) filter (where entered_on < %(from)s) - count(*) filter (where resolved_on < %(from)s) n,
        count(*) filter (where overdue_from < %(from)s and (resolved_on is null or resolved_on >= %(from)s)
            and (resolved_on is null or resolved_on > overdue_from)) overdue
    from counted group by 1, 2, 3
), running as (
    select g.d, g.w, g.a, g.c, coalesce(i.n, 0) new, coalesce(o.n, 0) resolved, coalesce(o.early, 0) early,
        coalesce(o.on_due_date, 0) on_due_date, coalesce(o.late, 0) late, coalesce(o.no_due_date, 0) no_due_date,
        coalesce(o.withdrawn, 0) withdrawn,
        b.n + sum(coalesce(i.n, 0) - coalesce(o.n, 0)) over (partition by g.w, g.a, g.c order by g.d) open_end,
        b.overdue + sum(coalesce(f.n, 0)) over (partition by g.w, g.a, g.c order by g.d) open_end_overdue
    from grid g
    join opening b on (b.w, b.a, b.c) = (g.w, g.a, g.c)
    left join came i on (i.d, i.w, i.a, i.c) = (g.d, g.w, g.a, g.c)
    left join went o on (o.d, o.w, o.a, o.c) = (g.d, g.w, g.a, g.c)
    left join fell f on (f.d, f.w, f.a, f.c) = (g.d, g.w, g.a, g.c)
)
select d "day", w credit, a agency, c channel, open_end - new + resolved carried_over, new, open_end + resolved received_total,
    resolved, early, on_due_date, late, no_due_date, withdrawn, open_end, open_end_overdue
from running
where open_end - new + resolved <> 0 or new <> 0 or resolved <> 0 or open_end <> 0 or open_end_overdue <> 0
