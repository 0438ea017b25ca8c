//! The recount of what is withheld: votes, rules, tallies and the counted turnout, each by the others.

use crate::id::CampaignId;
use crate::ledger::{Database, on_pool, sql};

/// A campaign in which two tables say different things about what is withheld.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WithholdingDifference {
    /// The campaign.
    pub campaign_id: CampaignId,
    /// The rows that differ, in words.
    pub rows: String,
    /// Their number.
    pub count: i64,
}

/// The differences between rules, the votes that they hold, the votes' own numbers, and the counted turnout. Voters who
/// have voted on after their votes had been withheld are no difference: they come back within a minute.
pub async fn list_differences(database: &Database) -> sqlx::Result<Vec<WithholdingDifference>> {
    let statement = sql!(
        "list_withholding_differences",
        "WITH held AS (
            SELECT campaign_id, voter_id, period, nominee_id, COUNT(*) AS rules FROM withholding
            GROUP BY campaign_id, voter_id, period, nominee_id
        ), of_rule AS (
            SELECT r.campaign_id, r.id FROM withholding_rule r
            WHERE r.votes <> (SELECT COUNT(*) FROM withholding w WHERE w.rule_id = r.id)
                OR (r.state = 'DRAFT' AND r.votes <> 0)
        ), of_tally AS (
            SELECT t.campaign_id, t.nominee_id FROM tally t WHERE t.withheld_voters <>
                (SELECT COUNT(*) FROM withheld_voter w
                WHERE w.campaign_id = t.campaign_id AND w.nominee_id = t.nominee_id)
        ), counting AS (
            SELECT v.campaign_id, COALESCE(l.canonical_id, v.voter_id) AS person,
                MAX(CASE WHEN v.withheld_by = 0 THEN 1 ELSE 0 END) AS counts
            FROM vote v LEFT JOIN voter_link l ON l.voter_id = v.voter_id
            WHERE v.campaign_id IN (SELECT campaign_id FROM withholding_rule)
            GROUP BY v.campaign_id, COALESCE(l.canonical_id, v.voter_id)
        )
        SELECT v.campaign_id, 'votes are held by another number of rules than they say' AS rows, COUNT(*) AS count
        FROM vote v LEFT JOIN held h ON h.campaign_id = v.campaign_id AND h.voter_id = v.voter_id
            AND h.period = v.period AND h.nominee_id = v.nominee_id
        WHERE v.withheld_by <> COALESCE(h.rules, 0) GROUP BY v.campaign_id
        UNION ALL
        SELECT h.campaign_id, 'votes that rules hold are not there', COUNT(*) FROM held h
        LEFT JOIN vote v ON v.campaign_id = h.campaign_id AND v.voter_id = h.voter_id AND v.period = h.period
            AND v.nominee_id = h.nominee_id
        WHERE v.id IS NULL GROUP BY h.campaign_id
        UNION ALL
        SELECT campaign_id, 'rules hold another number of votes than they say', COUNT(*) FROM of_rule
        GROUP BY campaign_id
        UNION ALL
        SELECT campaign_id, 'tallies have another number of withheld voters than there are', COUNT(*) FROM of_tally
        GROUP BY campaign_id
        UNION ALL
        SELECT c.campaign_id, 'voters without a vote that counts are in the counted turnout', COUNT(*)
        FROM counting c JOIN vote f ON f.campaign_id = c.campaign_id AND f.is_first AND f.voter_id = c.person
        WHERE c.counts = 0 AND NOT EXISTS (SELECT 1 FROM withheld_voter w
            WHERE w.campaign_id = c.campaign_id AND w.voter_id = c.person)
        GROUP BY c.campaign_id"
    );
    on_pool!(database.read(statement), (p, text) => sqlx::query_as(text).fetch_all(p).await)
}
