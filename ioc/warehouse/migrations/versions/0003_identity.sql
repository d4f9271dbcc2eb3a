create table alias (                            -- derived from the alias events, as `cases` is from all
    feed text not null,
    code text not null,
    case_id text not null,                      -- of `cases`; its own code has a row too. A code without a row is its own case
    primary key (feed, code)
);
create index alias_case on alias (feed, case_id);
