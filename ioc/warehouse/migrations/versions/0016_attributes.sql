-- What a feed's cases keep of their events' data besides the columns of all cases: a JSON object of texts.
alter table cases add column attributes jsonb;
