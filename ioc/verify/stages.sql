-- Stages with limits of their own, once more, into verify_case.attributes: of the events of verify_said by verify_timed (stage,
-- starts, ends, optional, stops), verify_limit (stage, kind, n, unit, valid_from, valid_to) and the calendar's verify_session
-- and verify_day. Statements end with an empty line. First what was worked from the calendar's start until t.
create or replace function pg_temp.verify_worked(t timestamptz, own text, version timestamptz) returns interval language sql as $$
    select s.before + (least(t, s.ends) - s.begins) from verify_session s
    where s.agency = own and s.known = version and s.begins <= t order by s.begins desc limit 1
$$;

create or replace function pg_temp.verify_after(t timestamptz, work interval, own text, version timestamptz)
returns timestamptz language sql as $$
    select case when work = interval '0' then t else (
        select s.begins + (worked + work - s.before) from verify_session s
        where s.agency = own and s.known = version and s.before + (s.ends - s.begins) >= worked + work
        order by s.begins limit 1
    ) end from pg_temp.verify_worked(t, own, version) worked where worked is not null
$$;

create or replace function pg_temp.verify_due(t timestamptz, n int, unit text, own text, version timestamptz, zone text)
returns timestamptz language sql as $$
    select case unit
        when 'working_days' then (select closes from verify_day d
            where d.agency = own and d.known = version and closes >= t order by closes offset n limit 1)
        when 'working_hours' then pg_temp.verify_after(t, n * interval '1 hour', own, version)
        when 'same_day' then (select closes from verify_day d
            where d.agency = own and d.known = version and cut >= t order by closes limit 1)
        else (select closes from verify_day d
            where d.agency = own and d.known = version and closes >= t and on_day >= (t at time zone zone)::date
                + n * case unit when 'days' then interval '1 day' when 'months' then interval '1 month' end
            order by closes limit 1)
    end where pg_temp.verify_worked(t, own, version) is not null
$$;

with told as (
    select s.case_id, t.stage, s.occurred_at, s.status = any(t.starts) starts, s.status = any(t.ends) ends,
        coalesce(s.phase in ('resolved', 'delivered', 'withdrawn', 'refused'), false) over_
    from verify_said s cross join verify_timed t where s.status is not null
), begun as (
    select *, min(occurred_at) filter (where starts) over (partition by case_id, stage) start from told
), course as (
    select case_id, stage, start, min(occurred_at) filter (where ends) done,
        min(occurred_at) filter (where over_ and not ends and not starts) over_
    from begun where occurred_at >= start group by case_id, stage, start
), span as (
    select case_id, stage, start, lapsed, case when lapsed then over_ else done end until
    from course cross join lateral (select coalesce(over_ < done, over_ is not null and done is null) lapsed) l
), lawful as (
    select s.*, t.optional, t.stops, l.unit, l.n, l.stage is not null law,
        exists (select from verify_limit k where k.stage = s.stage and coalesce(v.attributes, '{}') @> k.kind) kind,
        case when exists (select from verify_session w where w.agency = v.agency) then v.agency else '' end own,
        (select max(known) from verify_session w where w.known <= s.start) version
    from span s join verify_timed t using (stage) join verify_case v using (case_id)
    left join verify_limit l on l.stage = s.stage and coalesce(v.attributes, '{}') @> l.kind
        and (s.start at time zone %(zone)s)::date
            between coalesce(l.valid_from, '-infinity') and coalesce(l.valid_to, 'infinity')
), spoken as (
    select case_id, phase, occurred_at asked, lead(occurred_at) over (
        partition by case_id order by occurred_at, received_at, hash collate "C"
    ) resumed
    from verify_said where phase <> 'note'
), stood as (
    select l.case_id, l.stage, bool_or(p.ends is null) waiting,
        sum(pg_temp.verify_worked(p.ends, own, version) - pg_temp.verify_worked(p.begins, own, version)) work
    from lawful l join spoken s on s.case_id = l.case_id and s.phase = 'paused'
    cross join lateral (select greatest(s.asked, l.start) begins, least(s.resumed, l.until) ends) p
    where l.stops and (p.ends is null or p.ends > p.begins) group by l.case_id, l.stage
), due as (
    select l.*, coalesce(s.waiting, false) waiting, case when not coalesce(s.waiting, false) then pg_temp.verify_after(
        pg_temp.verify_due(start, n, unit, own, version, %(days)s), coalesce(s.work, interval '0'), own, version
    ) end due
    from lawful l left join stood s using (case_id, stage)
), judged as (
    select *, case %(compare)s when 'date' then (until at time zone %(zone)s)::date <= (due at time zone %(zone)s)::date
        else until <= due end held
    from due
), said as (
    select case_id, stage, to_char(due at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') due_at,
        to_char(due at time zone %(zone)s, 'YYYY-MM-DD') due_on,
        case when not kind then 'kind_not_known' when not law then 'law_not_known' when unit is null then 'no_limit'
            when waiting then 'paused' when due is null then 'calendar_not_known' when lapsed then 'lapsed'
            when until is not null then case when held then 'in_time' else 'late' end
            when optional then 'optional' else 'running' end how
    from judged
), kept as (
    select v.case_id, jsonb_object_agg(t.stage, s.how) || jsonb_object_agg(t.stage || '_due_at', s.due_at)
        || jsonb_object_agg(t.stage || '_due_on', s.due_on) stages
    from verify_case v cross join verify_timed t left join said s on s.case_id = v.case_id and s.stage = t.stage
    group by v.case_id
)
update verify_case v set attributes = coalesce(v.attributes, '{}') || kept.stages from kept where kept.case_id = v.case_id
