-- When an alarm joined the case last that it did not have: a rule that was proposed before is no decision on that. None
-- where a program of before has stored the case: then it is when the case was found.
ALTER TABLE signal_case ADD COLUMN grown_at TIMESTAMPTZ;
