-- Staged figures beside what live holds of cases that nothing was delivered of since the run's position: new and resolved of
-- the last 31 days, open at the last day's end. A case touched since may stand in any one group, or in none: the
-- staged figure lies between live's and live's with all touched ones. Where none is, both are the same to the unit.
with place as (
    select t.topic, t.partition, t.next_offset,
        coalesce((({position}::jsonb -> t.topic) ->> t.partition::text)::bigint, 0) known
    from topic_partition t where t.topic = {feed}
), delivered as (
    select e.case_id code from place p join event e on e.topic = p.topic and e.partition = p.partition and e."offset" >= p.known
    where e.feed = {feed}
    union
    select d.case_id from place p join duplicate d on d.topic = p.topic and d.partition = p.partition and d."offset" >= p.known
    where d.feed = {feed}
), whose as (
    select d.code, coalesce(a.case_id, d.code) case_id
    from delivered d left join alias a on a.feed = {feed} and a.code = d.code
), touched as (  -- codes joined since were cases of their own
    select case_id from whose union select a.code from alias a join whose w on a.case_id = w.case_id where a.feed = {feed}
    union select code from whose
), able as (
    select case
        when not exists (select from place) or exists (select from place where next_offset < known)
            or exists (
                select from jsonb_object_keys(coalesce({position}::jsonb -> {feed}, '{{}}')) said (partition)
                where said.partition not in (select p.partition::text from place p)
            ) then 'live has not come as far as the run'
        when exists (select from cases c where c.feed = {feed} and c.definitions <> {definitions})
            then 'live is still refolding'
        else 'yes' end said
), days as (
    select d::date "day" from generate_series(greatest({from}::date, {to}::date - 30), {to}::date, interval '1 day') d
), untouched as (
    select c.entered_on, c.resolved_on, w.credit, w.agency, coalesce(c.channel, '') channel
    from cases c cross join lateral (values
        ('resolving', coalesce(c.agency, '')), ('receiving', coalesce(c.receiving_agency, c.agency, ''))
    ) w (credit, agency)
    where c.feed = {feed} and c.in_figures and c.case_id not in (select case_id from touched)
        and (c.resolved_on is null or c.resolved_on > {to}::date - 31 or c.entered_on > {to}::date - 31)
), live as (
    select entered_on "day", 'new' figure, credit, agency, channel, count(*) n from untouched group by 1, 2, 3, 4, 5
    union all
    select resolved_on, 'resolved', credit, agency, channel, count(*) from untouched group by 1, 2, 3, 4, 5
    union all
    select {to}::date, 'open_end', credit, agency, channel, count(*) from untouched
    where entered_on <= {to} and (resolved_on is null or resolved_on > {to}) group by 1, 2, 3, 4, 5
), staged as (
    select s.day, f.figure, s.credit, s.agency, s.channel, f.n from {flow_day} s cross join lateral (values
        ('new', s.new), ('resolved', s.resolved), ('open_end', case when s.day = {to} then s.open_end else 0 end)
    ) f (figure, n)
), both_ as (
    select "day", figure, credit, agency, channel, sum(staged) staged, sum(live) live from (
        select "day", figure, credit, agency, channel, n staged, 0 live from staged
        union all select "day", figure, credit, agency, channel, 0, n from live
    ) each_ where "day" in (select "day" from days) group by 1, 2, 3, 4, 5
), held as (  -- each group; and all groups of a credit together, a row at least
    select "day", figure, credit, agency || '/' || channel place, staged, live from both_
    union all
    select "day", figure, credit, 'all agencies', sum(staged), sum(live) from both_ group by 1, 2, 3
    union all
    select {to}::date, 'open_end', 'resolving', 'nothing', 0, 0
), most as (
    select count(*) touched from touched
)
select h.day, h.figure, h.credit, h.place, a.said as comparable,
    case when a.said = 'yes' and (h.staged < h.live or h.staged > h.live + m.touched) then format(
        '%s %s %s %s: staged %s, live %s', h.day, h.credit, h.place, h.figure, h.staged,
        case when m.touched > 0 then format('%s to %s', h.live, h.live + m.touched) else h.live::text end
    ) end as disagrees
from held h cross join able a cross join most m
order by h.day, h.credit, h.place, h.figure
