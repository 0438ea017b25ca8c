-- Times that rules and feeds are made of have a year of four digits, as on SQLite: no program counts with `infinity`.
ALTER TABLE campaign ADD CONSTRAINT campaign_times_are_of_the_calendar CHECK (
    voting_opens_at BETWEEN '0001-01-01 00:00:00+00' AND '9999-12-31 23:59:59.999999+00'
    AND voting_closes_at BETWEEN '0001-01-01 00:00:00+00' AND '9999-12-31 23:59:59.999999+00'
    AND created_at BETWEEN '0001-01-01 00:00:00+00' AND '9999-12-31 23:59:59.999999+00');
ALTER TABLE story ADD CONSTRAINT story_time_is_of_the_calendar CHECK (
    published_at BETWEEN '0001-01-01 00:00:00+00' AND '9999-12-31 23:59:59.999999+00');
