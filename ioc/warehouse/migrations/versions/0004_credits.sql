-- Whose the cases of a row are. What was published before credited the resolving agency and stays as it is;
-- the next rollup adds the rows of the receiving one.
alter table flow_day add credit text not null default 'resolving'; -- resolving | receiving
alter table flow_day alter credit drop default, drop constraint flow_day_pkey;
alter table flow_day add primary key (feed, day, credit, agency, channel, from_revision);
drop view flow_day_published;
create view flow_day_published as select * from flow_day where to_revision is null and credit = 'resolving';
