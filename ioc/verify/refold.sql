-- The cases of feed %(feed)s, folded again from what crosswalk.sql found delivered. Makes verify_said (the events that
-- count) and verify_case. Needs verify_known, verify_code, verify_status (status, phase, enters, aside), verify_stage
-- (phase, stage) and verify_rank (stage, source, rank), where `*` is any other source.
create temp table verify_said on commit drop as
with known as (
    select coalesce(c.case_id, k.code) case_id, k.* from verify_known k left join verify_code c on c.code = k.code
), counting as (  -- of several contents under one identity, the one that reached us first
    select distinct on (case_id, source, id) * from known
    order by case_id, source, id, received_at, hash collate "C"
), told as (  -- with the place of its source among those believed at its stage, and at the stage of due dates
    select c.case_id, c.received_at, c.hash, e.occurred_at, e.status, e.due_at, e.agency, e.receiving_agency, e.channel,
        e.procedure, s.phase, s.enters, coalesce(s.aside, false) aside, t.stage, coalesce(mine.rank, others.rank) rank,
        coalesce(due_mine.rank, due_others.rank) due_rank
    from counting c
    join event e on e.feed = %(feed)s and e.case_id = c.code and e.source = c.source and e.id = c.id and e.hash = c.hash
    left join verify_status s on s.status = e.status
    left join verify_stage t on t.phase = s.phase
    left join verify_rank mine on mine.stage = t.stage and mine.source = c.source
    left join verify_rank others on others.stage = t.stage and others.source = '*'
    left join verify_stage opening on opening.phase = 'open'
    left join verify_rank due_mine on due_mine.stage = opening.stage and due_mine.source = c.source
    left join verify_rank due_others on due_others.stage = opening.stage and due_others.source = '*'
), stood as (
    select *, min(rank) over (partition by case_id, stage) best from told
), heard as (
    select *, min(due_rank) filter (where due_at is not null) over (partition by case_id) due_best
    from stood where stage is null or rank = best
)
select case_id, received_at, hash, occurred_at, status, agency, receiving_agency, channel, procedure, phase, enters, aside,
    case when due_rank is null or due_rank = due_best then due_at end due_at,
    min(occurred_at) filter (where enters) over (partition by case_id) entered_at
from heard;
create temp table verify_case on commit drop as
with timed as (
    select *, greatest(entered_at, max(occurred_at) filter (
        where (phase in ('open', 'paused') and not enters) or (phase = 'before-reception' and entered_at is null)
    ) over (partition by case_id)) going_until
    from verify_said
), fact as (
    select case_id, min(entered_at) entered_at, count(*)::int events,
        (array_agg(status order by occurred_at desc, received_at desc, hash collate "C" desc)
            filter (where status is not null and phase is distinct from 'note'))[1] status,
        (array_agg(due_at order by occurred_at desc, received_at desc, hash collate "C" desc)
            filter (where due_at is not null and not aside))[1] due_at,
        (array_agg(receiving_agency order by occurred_at, received_at, hash collate "C")
            filter (where receiving_agency is not null and not aside))[1] receiving_agency,
        (array_agg(channel order by occurred_at desc, received_at desc, hash collate "C" desc)
            filter (where channel is not null and not aside))[1] channel,
        (array_agg(procedure order by occurred_at desc, received_at desc, hash collate "C" desc)
            filter (where procedure is not null and not aside))[1] procedure,
        (array_agg(phase order by occurred_at desc, received_at desc, hash collate "C" desc)
            filter (where phase <> 'note' and (entered_at is null or phase <> 'before-reception')))[1] last_phase,
        min(occurred_at) filter (where phase = 'resolved') resolved_any,
        min(occurred_at) filter (where phase = 'delivered') delivered_any,
        min(occurred_at) filter (where phase = 'withdrawn') withdrawn_any,
        min(occurred_at) filter (where phase = 'resolved' and occurred_at >= coalesce(going_until, '-infinity')) resolved_end,
        min(occurred_at) filter (where phase = 'delivered' and occurred_at >= coalesce(going_until, '-infinity')) delivered_end,
        min(occurred_at) filter (where phase = 'withdrawn' and occurred_at >= coalesce(going_until, '-infinity')) withdrawn_end,
        max(occurred_at) filter (where phase = 'resolved') last_resolved,
        max(occurred_at) filter (where phase in ('resolved', 'delivered', 'withdrawn')) last_end
    from timed group by case_id
), aside as (
    select *, coalesce(last_resolved < entered_at or (last_resolved is null and last_end < entered_at), false) impossible
    from fact
), ended as (
    select *,
        case when impossible then resolved_any else resolved_end end resolved_first,
        case when impossible then delivered_any else delivered_end end delivered_first,
        case when impossible then withdrawn_any else withdrawn_end end withdrawn_first
    from aside
), closed as (
    select *,
        withdrawn_first is not null
            and withdrawn_first < coalesce(least(resolved_first, delivered_first), 'infinity')
            and not (impossible and resolved_first is not null) withdrawn
    from ended
), dated as (
    select case_id, events, status, due_at, receiving_agency, channel, procedure, entered_at, withdrawn,
        delivered_first delivered_at, last_phase,
        case when withdrawn then withdrawn_first else coalesce(resolved_first, delivered_first) end resolved_at,
        case when impossible then 'resolved-before-received' end set_aside,
        entered_at is not null and not impossible and last_phase is distinct from 'refused' in_figures
    from closed
), credited as (  -- who resolves: named last by the end, or named first after it
    select d.case_id, coalesce(
        (array_agg(s.agency order by s.occurred_at desc, s.received_at desc, s.hash collate "C" desc)
            filter (where s.occurred_at <= coalesce(d.resolved_at, 'infinity')))[1],
        (array_agg(s.agency order by s.occurred_at, s.received_at, s.hash collate "C"))[1]
    ) agency
    from dated d join verify_said s on s.case_id = d.case_id where s.agency is not null and not s.aside group by d.case_id
), local as (
    select dated.*, credited.agency, (entered_at at time zone %(zone)s)::date entered_on, (due_at at time zone %(zone)s)::date due_on,
        (resolved_at at time zone %(zone)s)::date resolved_on
    from dated left join credited on credited.case_id = dated.case_id
), judged as (
    select *,
        case when not in_figures or resolved_at is null then null when withdrawn then 'on_due_date'
            when due_at is null then 'no_due_date' when resolved_on < due_on then 'early'
            when resolved_on = due_on then 'on_due_date' else 'late' end outcome_by_date,
        case when not in_figures or resolved_at is null then null when withdrawn then 'on_due_date'
            when due_at is null then 'no_due_date' when resolved_at > due_at then 'late'
            when resolved_on < due_on then 'early' else 'on_due_date' end outcome_by_instant,
        case when last_phase = 'refused' or set_aside is not null or resolved_at is null then last_phase
            when withdrawn then 'withdrawn' when delivered_at is not null then 'delivered' else 'resolved' end phase
    from local
)
select *, case when %(compare)s = 'date' then outcome_by_date else outcome_by_instant end outcome from judged
