-- Cases to look at: counted per agency and flag, and listed.
create index cases_flagged on cases (feed, agency) where flags <> '{}';
