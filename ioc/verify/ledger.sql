-- What each revision changed of months that were published before it, against the ledger; only what differs.
with known as (
    select revision, lag(covers_from) over (order by revision) before_from, lag(covers_to) over (order by revision) before_to
    from revision where feed = %(feed)s
), moved as (
    select r.revision, m.calendar, m.month, m.agency, m.channel, m.sector, v.figure,
        sum(case when m.from_revision = r.revision then v.value else -v.value end) change
    from known r
    join flow_month m on m.feed = %(feed)s and r.revision in (m.from_revision, m.to_revision)
    cross join lateral (values
        ('carried_over', m.carried_over), ('new', m.new), ('resolved', m.resolved), ('early', m.early),
        ('on_due_date', m.on_due_date), ('late', m.late), ('no_due_date', m.no_due_date), ('withdrawn', m.withdrawn),
        ('open_in_time', m.open_in_time), ('open_overdue', m.open_overdue), ('about_to_breach', m.about_to_breach),
        ('paused_supplement', m.paused_supplement), ('paused_fee', m.paused_fee), ('paused_stop', m.paused_stop)
    ) v (figure, value)
    where m.month_to <= r.before_to and exists (  -- revisions of before months were counted published none
        select from flow_month b where b.feed = m.feed and b.calendar = m.calendar
            and (b.month = m.month or m.month_from >= r.before_from)
            and b.from_revision < r.revision and (b.to_revision is null or b.to_revision >= r.revision)
    )
    group by 1, 2, 3, 4, 5, 6, 7
), told as (
    select revision, calendar, month, agency, channel, sector, figure, sum(new - old) change
    from restatement where feed = %(feed)s
    group by 1, 2, 3, 4, 5, 6, 7
)
select revision, calendar, month, agency, channel, sector, figure, coalesce(m.change, 0), coalesce(t.change, 0)
from moved m full join told t using (revision, calendar, month, agency, channel, sector, figure)
where coalesce(m.change, 0) <> coalesce(t.change, 0)
order by 1, 2, 3, 4, 5, 6, 7
