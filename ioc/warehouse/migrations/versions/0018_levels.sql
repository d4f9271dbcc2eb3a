-- Of what is new in a month, by procedure, how many cases are of a full-process and of a partial online service.
alter table procedure_month
    add column full_service bigint not null default 0,
    add column partial_service bigint not null default 0;
