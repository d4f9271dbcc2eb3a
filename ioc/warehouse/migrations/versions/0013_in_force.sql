-- From when on a feed's figures are made by which definitions; the same ones may come back.
create table definitions_since (
    feed text not null,
    known_at timestamptz not null,
    hash text not null references definitions,
    primary key (feed, known_at)
);
insert into definitions_since (feed, known_at, hash)
select distinct on (feed, known_at) feed, known_at, hash from definitions order by feed, known_at, hash;
