-- Of each case of verify_case the last word on each of %(names)s, as texts, into verify_case.attributes.
with stored as (
    select coalesce(c.case_id, e.case_id) case_id, e.hash, e.data
    from event e left join verify_code c on c.code = e.case_id where e.feed = %(feed)s
), told as (
    select s.case_id, s.occurred_at, s.received_at, s.hash, e.data
    from verify_said s join stored e on e.case_id = s.case_id and e.hash = s.hash
    where s.aside is not true
), last as (
    select distinct on (t.case_id, n.name) t.case_id, n.name, t.data->>n.name value
    from told t cross join unnest(%(names)s::text[]) n (name) where t.data->>n.name is not null
    order by t.case_id, n.name, t.occurred_at desc, t.received_at desc, t.hash collate "C" desc
), kept as (
    select v.case_id, jsonb_object_agg(n.name, l.value) attributes
    from verify_case v cross join unnest(%(names)s::text[]) n (name)
    left join last l on l.case_id = v.case_id and l.name = n.name group by v.case_id
)
update verify_case v set attributes = kept.attributes from kept where kept.case_id = v.case_id
