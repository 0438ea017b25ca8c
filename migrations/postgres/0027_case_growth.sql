-- When an alarm joined the case last that it did not have: a rule that was proposed before is no decision on that.
ALTER TABLE signal_case ADD COLUMN grown_at TIMESTAMPTZ;
UPDATE signal_case SET grown_at = found_at;
ALTER TABLE signal_case ALTER COLUMN grown_at SET NOT NULL;
