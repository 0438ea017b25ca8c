-- The rank of risk that the platform of a voter's account gives it when it signs in: 0 for none, 4 for the highest. All
-- voters who are one person have the same. The platform's name for the person is not kept for it.
ALTER TABLE voter ADD COLUMN risk_rank INTEGER CHECK (risk_rank BETWEEN 0 AND 4); -- none: not known
ALTER TABLE voter ADD COLUMN risk_ranked_at TEXT;
