-- The clocks that tiles ask for, once more, in the columns that clocks.py adds to verify_case: of the events of
-- verify_said with a status of verify_clock (status, kind), by the sessions of verify_session (agency, known, begins, ends, worked before).
with counting as (
    select case_id, occurred_at, kind from verify_said join verify_clock using (status)
), told as (
    select case_id, min(occurred_at) filter (where kind = 'apology') apology_at,
        min(occurred_at) filter (where kind = 'before') first_submitted,
        max(occurred_at) filter (where kind = 'before') last_submitted,
        min(occurred_at) filter (where kind = 'fee') fee_asked,
        max(occurred_at) filter (where kind in ('fee', 'supplement')) last_asked
    from counting group by case_id
), submitted as (
    select told.*, v.entered_at, coalesce(v.agency, '') agency, v.channel = any(%(online)s) online,
        case when fee_asked < last_submitted and (entered_at is null or last_submitted <= entered_at)
            then last_submitted else first_submitted end submitted_at
    from told join verify_case v using (case_id)
), owed as (
    select *, coalesce(online, false) and coalesce(submitted_at <= entered_at, true)
        and not (entered_at is null and coalesce(last_asked > submitted_at, false)) owed,
        (select max(known) from verify_session s where s.known <= coalesce(entered_at, first_submitted)) version,
        case when exists (select from verify_session s where s.agency = submitted.agency) then agency else '' end own
    from submitted
), due as (
    select owed.case_id, (
        select s.begins + (%(reception)s * interval '1 hour' + worked.before - s.before)
        from verify_session s
        where owed and s.agency = own and s.known = version and s.begins >= worked.begins
            and s.before + (s.ends - s.begins) >= worked.before + %(reception)s * interval '1 hour'
        order by s.begins limit 1
    ) reception_due_at
    from owed cross join lateral (
        select s.begins, s.before + (least(owed.submitted_at, s.ends) - s.begins) before from verify_session s
        where s.agency = own and s.known = version and s.begins <= owed.submitted_at
        order by s.begins desc limit 1
    ) worked
)
update verify_case v set apology_at = owed.apology_at, submitted_at = owed.submitted_at,
    reception_due_at = due.reception_due_at
from owed left join due on due.case_id = owed.case_id where owed.case_id = v.case_id
