-- verify_observed: what plain SQL makes of the stored events of feed {feed} that were delivered below {position}: of each key the
-- content received last, of several contents under one identity the one received first. {names}: the data it says; {keys}: SQL of which keys.
create temp table verify_observed on commit drop as
with delivery as (
    select topic, partition, "offset", case_id, source, id, hash, received_at from event where feed = {feed} and {keys}
    union all
    select topic, partition, "offset", case_id, source, id, hash, received_at from duplicate
    where feed = {feed} and hash <> '' and {keys}
), known as (
    select case_id, source, id, hash, min(received_at) received_at from delivery
    where {position}::jsonb is null or "offset" < coalesce(({position}::jsonb -> topic ->> partition::text)::bigint, 0)
    group by case_id, source, id, hash
), counting as (
    select distinct on (case_id, source, id) * from known order by case_id, source, id, received_at, hash collate "C"
), last as (
    select distinct on (c.case_id) c.case_id, c.source, c.id, c.hash
    from counting c join event e on e.feed = {feed}
        and (e.case_id, e.source, e.id, e.hash) = (c.case_id, c.source, c.id, c.hash)
    order by c.case_id, c.received_at desc, e.occurred_at desc, c.hash collate "C" desc
)
select l.case_id, e.agency, (select jsonb_object_agg(n.name, e.data->>n.name) from unnest({names}::text[]) n (name)) said
from last l join event e on e.feed = {feed} and (e.case_id, e.source, e.id, e.hash) = (l.case_id, l.source, l.id, l.hash)
