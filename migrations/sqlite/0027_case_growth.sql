-- When an alarm joined the case last that it did not have: a rule that was proposed before is no decision on that.
ALTER TABLE signal_case ADD COLUMN grown_at TEXT NOT NULL DEFAULT '';
UPDATE signal_case SET grown_at = found_at;
