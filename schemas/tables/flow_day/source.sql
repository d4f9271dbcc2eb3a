-- New cases per source and day of the last 31 days beside the source's usual day of the 62 before: working days and weekends
-- apart. A source without thirty such days behind it has no usual day yet.
with counted as (
    select source, entered_on "day", extract(isodow from entered_on) > 5 weekend, count(*) got from cases
    where feed = {feed} and in_figures and entered_on between {to}::date - 92 and {to}::date and source is not null
    group by source, entered_on
), usual as (
    select source, weekend, greatest(percentile_cont(0.5) within group (order by got), 10) usual from counted
    where "day" < {to}::date - 30 group by source, weekend having count(*) >= case when weekend then 8 else 22 end
)
select c.day, c.source, c.got, u.usual, (c.got / u.usual)::double precision as times_usual
from counted c join usual u using (source, weekend)
where c.day >= greatest({to}::date - 30, {from}::date) order by c.day, c.source
