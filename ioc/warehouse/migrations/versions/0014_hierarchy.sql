-- Which agency stands under which, and when: the reference data as last read, for audits that add figures up.
create table agency_version (
    code text not null,
    parent text,                                -- null: stands under nobody
    valid_from date,                            -- inclusive both; null: without end
    valid_to date
);
