-- Observations of feed %(feed)s that are not what plain SQL makes of the stored events: of each key the content received last,
-- of several contents under one identity the one received first.
with delivery as (
    select case_id, source, id, hash, received_at from event where feed = %(feed)s
    union all
    select case_id, source, id, hash, received_at from duplicate where feed = %(feed)s and hash <> ''
), known as (
    select case_id, source, id, hash, min(received_at) received_at from delivery group by case_id, source, id, hash
), counting as (
    select distinct on (case_id, source, id) * from known order by case_id, source, id, received_at, hash collate "C"
), last as (
    select distinct on (c.case_id) c.case_id, c.source, c.id, c.hash
    from counting c join event e on e.feed = %(feed)s
        and (e.case_id, e.source, e.id, e.hash) = (c.case_id, c.source, c.id, c.hash)
    order by c.case_id, c.received_at desc, e.occurred_at desc, c.hash collate "C" desc
), told as (
    select l.case_id, e.agency, (select jsonb_object_agg(n.name, e.data->>n.name) from unnest(%(names)s::text[]) n (name)) said
    from last l join event e on e.feed = %(feed)s
        and (e.case_id, e.source, e.id, e.hash) = (l.case_id, l.source, l.id, l.hash)
), held as (
    select case_id, agency, attributes - 'from' - 'to' said from cases where feed = %(feed)s and set_aside is null
)
select coalesce(h.case_id, t.case_id), h.agency, h.said, t.agency, t.said
from held h full join told t using (case_id)
where h.case_id is null or t.case_id is null or (h.agency, h.said) is distinct from (t.agency, t.said)
order by 1
