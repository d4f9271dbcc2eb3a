-- What was delivered of feed %(feed)s below the places in verify_place, once per content, and which codes name one case.
-- {whose}: which codes only. Needs verify_place. Makes verify_known (code, source, id, hash, received_at) and verify_code (code, case_id).
create temp table verify_known on commit drop as
with delivery as (
    select case_id, source, id, hash, received_at, topic, partition, "offset" from event
    where feed = %(feed)s {whose}
    union all
    select case_id, source, id, hash, received_at, topic, partition, "offset" from duplicate
    where feed = %(feed)s and hash <> '' {whose}
)
select d.case_id code, d.source, d.id, d.hash, min(d.received_at) received_at
from delivery d join verify_place p on p.topic = d.topic and p.partition = d.partition and d."offset" < p.next
group by d.case_id, d.source, d.id, d.hash;
analyze verify_known;
create temp table verify_code on commit drop as
with recursive link as (
    select e.case_id one, e.data->>%(same_as)s other
    from verify_known k
    join event e on e.feed = %(feed)s and e.case_id = k.code and e.source = k.source and e.id = k.id and e.hash = k.hash
    where e.type = %(joining)s
), way as (
    select one, other from link union select other, one from link union select one, one from link union select other, other from link
), reached as (
    select one, other from way
    union
    select r.one, w.other from reached r join way w on w.one = r.other
), ranked as (
    select one, other, (select coalesce(min(n), 1000000) from unnest(%(codes)s::text[]) with ordinality p (pattern, n)
        where other ~ ('^(?:' || pattern || ')$')) rank
    from reached
)
select distinct on (one) one code, other case_id from ranked order by one, rank, other collate "C"
