-- Published months by procedure against a count of verify_case; only the rows that differ. By day first: months overlap.
with published as (
    select calendar, month, agency, channel, procedure, new, full_service, partial_service, resolved, early, on_due_date, late,
        no_due_date, withdrawn, set_aside
    from procedure_month where feed = %(feed)s and from_revision <= %(revision)s
        and (to_revision is null or to_revision > %(revision)s)
), months as (
    select distinct calendar, month, month_from, month_to from flow_month where feed = %(feed)s
        and from_revision <= %(revision)s and (to_revision is null or to_revision > %(revision)s)
), named as (
    select *, coalesce(agency, '') a, coalesce(channel, '') c, coalesce(procedure, '') p,
        attributes->>%(attribute)s as level
    from verify_case
), days as (
    select entered_on d, a, c, p, count(*) filter (where in_figures) new,
        count(*) filter (where in_figures and level = any(%(full)s)) full_service,
        count(*) filter (where in_figures and level = any(%(partial)s)) partial_service,
        0 resolved, 0 early, 0 on_due_date, 0 late, 0 no_due_date, 0 withdrawn,
        count(*) filter (where set_aside is not null) set_aside
    from named where entered_on is not null group by 1, 2, 3, 4
    union all
    select resolved_on, a, c, p, 0, 0, 0, count(*), count(*) filter (where outcome = 'early'),
        count(*) filter (where outcome = 'on_due_date'), count(*) filter (where outcome = 'late'),
        count(*) filter (where outcome = 'no_due_date'), count(*) filter (where withdrawn), 0
    from named where in_figures and resolved_on is not null group by 1, 2, 3, 4
), counted as (
    select m.calendar, m.month, a agency, c channel, p procedure, sum(new) new, sum(full_service) full_service,
        sum(partial_service) partial_service, sum(resolved) resolved, sum(early) early, sum(on_due_date) on_due_date,
        sum(late) late, sum(no_due_date) no_due_date, sum(withdrawn) withdrawn, sum(set_aside) set_aside
    from months m join days on d between m.month_from and m.month_to group by 1, 2, 3, 4, 5
), both_sides as (
    select calendar, month, agency, channel, procedure,
        array[coalesce(p.new, 0), coalesce(p.full_service, 0), coalesce(p.partial_service, 0), coalesce(p.resolved, 0), coalesce(p.early, 0),
            coalesce(p.on_due_date, 0), coalesce(p.late, 0), coalesce(p.no_due_date, 0), coalesce(p.withdrawn, 0), coalesce(p.set_aside, 0)] ours,
        array[coalesce(c.new, 0), coalesce(c.full_service, 0), coalesce(c.partial_service, 0), coalesce(c.resolved, 0), coalesce(c.early, 0),
            coalesce(c.on_due_date, 0), coalesce(c.late, 0), coalesce(c.no_due_date, 0), coalesce(c.withdrawn, 0), coalesce(c.set_aside, 0)]::bigint[] theirs
    from published p full join counted c using (calendar, month, agency, channel, procedure)
)
select calendar, month, agency, channel, procedure, ours::text[], theirs::text[]
from both_sides where ours <> theirs order by 1, 2, 3, 4, 5
