-- all: a run stages every row that is to hold. changed: only those that change, of zeros where one holds no longer.
alter table run add scope text not null default 'all' check (scope in ('all', 'changed'));
