//! The recount: the answers that the client has had against the counts of the server. A vote that was acknowledged and
//! is not there is missing; one that is there and was not acknowledged, or counts twice, is doubled.

use std::collections::HashMap;

use serde::Serialize;

use crate::campaign::Standing;
use crate::history::{Fact, History};
use crate::schedule::{Field, Schedule, VoterKind};

/// A comparison of counts, summed over all nominees, voters or subjects.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// Votes, likes or views that the server has acknowledged, each once.
    pub acknowledged: u64,
    /// The growth of its counts.
    pub counted: u64,
    /// Acknowledged, and not in the counts.
    pub missing: u64,
    /// In the counts, and never acknowledged, or twice.
    pub doubled: u64,
    /// Requests without an answer to the end, which may be in the counts or not.
    pub unknown: u64,
}

impl Comparison {
    fn add(&mut self, acknowledged: u64, unknown: u64, before: u64, after: u64) {
        let counted = after.saturating_sub(before);
        self.acknowledged += acknowledged;
        self.counted += counted;
        self.unknown += unknown;
        self.missing += acknowledged.saturating_sub(counted) + before.saturating_sub(after);
        self.doubled += counted.saturating_sub(acknowledged + unknown);
    }
}

/// The answers of voters who are asked one by one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Asked {
    /// Voters that were asked.
    pub voters: u64,
    /// Votes that they do not have though they were acknowledged.
    pub votes_missing: u64,
    /// Votes that they have though they were refused.
    pub votes_doubled: u64,
    /// Likes that they do not have though they were acknowledged.
    pub likes_missing: u64,
    /// Quotas that are used beyond their limit.
    pub quotas_exceeded: u64,
    /// Quotas that are used more or less than the voter's votes.
    pub quotas_wrong: u64,
    /// Voters whose question got no answer.
    pub unanswered: u64,
}

/// The result of a recount.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Recount {
    /// Votes, nominee by nominee.
    pub votes: Comparison,
    /// Votes of all, those that are held back too.
    pub raw_votes: Comparison,
    /// Distinct voters.
    pub voters: Comparison,
    /// Likes, subject by subject.
    pub likes: Comparison,
    /// Views, subject by subject.
    pub views: Comparison,
    /// Votes that were held back meanwhile, which the votes of nominees do not show.
    pub withheld: u64,
    /// Votes beyond a quota.
    pub quotas_exceeded: u64,
    /// Votes that were refused though nothing was against them.
    pub refused_wrongly: u64,
    /// Votes that were refused because the voter had voted, or had spent the quota, as planned.
    pub refused_rightly: u64,
    /// Events that were given up without an answer.
    pub unanswered: u64,
    /// Votes that were acknowledged again to the same key.
    pub same_again: u64,
    /// Requests that were sent and got no answer: a server was killed, or a connection cut.
    pub lost: u64,
    /// Requests that could not be sent.
    pub unsent: u64,
    /// The answers of the voters.
    pub asked: Asked,
}

impl Recount {
    /// Compares the history with the standings of the campaign before and after.
    #[must_use]
    pub fn new(
        schedule: &Schedule,
        field: &Field,
        history: &History,
        before: &Standing,
        after: &Standing,
    ) -> Self {
        let mut recount = Self {
            withheld: after.withheld_votes.saturating_sub(before.withheld_votes),
            unanswered: history.given_up.values().sum(),
            same_again: history.same_again,
            quotas_exceeded: history.quota_exceeded,
            ..Self::default()
        };
        recount.votes(schedule, history, before, after);
        recount.voters(schedule, field, history, before, after);
        recount.likes_and_views(schedule, history, before, after);
        recount
    }

    fn votes(
        &mut self,
        schedule: &Schedule,
        history: &History,
        before: &Standing,
        after: &Standing,
    ) {
        let mut sums = vec![(0, 0); before.votes.len()];
        let mut all = 0;
        let mut unknown = 0;
        for (planned, known) in schedule.planned_votes.iter().zip(&history.planned_votes) {
            let (acknowledged, perhaps) = &mut sums[usize::from(planned.nominee)];
            match known.fact() {
                Fact::Yes => {
                    *acknowledged += 1;
                    all += 1;
                }
                Fact::Perhaps => {
                    *perhaps += 1;
                    unknown += 1;
                }
                Fact::No => {}
            }
            self.votes.doubled += u64::from(known.doubles);
            let is_wrong = known.already_voted > 0 && known.fact() == Fact::No;
            let refusals = u64::from(known.already_voted);
            *if is_wrong {
                &mut self.refused_wrongly
            } else {
                &mut self.refused_rightly
            } += refusals;
            let is_script = schedule.voters[planned.voter as usize].kind == VoterKind::Script;
            if !is_script {
                self.refused_wrongly += u64::from(known.refused);
            }
        }
        for (nominee, (acknowledged, perhaps)) in sums.into_iter().enumerate() {
            self.votes.add(
                acknowledged,
                perhaps,
                before.votes[nominee],
                after.votes[nominee],
            );
        }
        self.raw_votes
            .add(all, unknown, before.raw_votes, after.raw_votes);
    }

    /// Compares the votes of each voter in each scope: within the quota, and refused only where it is spent.
    fn voters(
        &mut self,
        schedule: &Schedule,
        field: &Field,
        history: &History,
        before: &Standing,
        after: &Standing,
    ) {
        let quota = u64::from(field.quota);
        let mut voters = 0;
        let mut unknown = 0;
        let mut start = 0;
        for planned_votes in schedule.planned_votes.chunk_by(|a, b| a.voter == b.voter) {
            let known = &history.planned_votes[start..start + planned_votes.len()];
            start += planned_votes.len();
            // Votes, perhaps votes, planned votes and refusals of a scope.
            let mut scopes: HashMap<u16, [u64; 4]> = HashMap::new();
            for (planned, known) in planned_votes.iter().zip(known) {
                let [votes, perhaps, planned_count, spent] = scopes
                    .entry(field.scopes[usize::from(planned.nominee)])
                    .or_default();
                *votes += u64::from(known.fact() == Fact::Yes);
                *perhaps += u64::from(known.fact() == Fact::Perhaps);
                *planned_count += 1;
                *spent += u64::from(known.quota_spent);
            }
            for [votes, perhaps, planned_count, spent] in scopes.values() {
                self.quotas_exceeded += votes.saturating_sub(quota);
                let room = quota.min(*planned_count).saturating_sub(votes + perhaps);
                self.refused_wrongly += room.min(*spent);
                self.refused_rightly += spent - room.min(*spent);
            }
            let has = |fact| known.iter().any(|planned| planned.fact() == fact);
            let has_voted = has(Fact::Yes);
            voters += u64::from(has_voted);
            unknown += u64::from(!has_voted && has(Fact::Perhaps));
        }
        self.voters
            .add(voters, unknown, before.voters, after.voters);
    }

    fn likes_and_views(
        &mut self,
        schedule: &Schedule,
        history: &History,
        before: &Standing,
        after: &Standing,
    ) {
        let mut likes = vec![(0, 0); before.likes.len()];
        for (like, known) in schedule.likes.iter().zip(&history.likes) {
            let (acknowledged, perhaps) = &mut likes[usize::from(like.subject)];
            *acknowledged += u64::from(known.is_liked);
            *perhaps += u64::from(known.is_unknown && !known.is_liked);
        }
        for (subject, (acknowledged, perhaps)) in likes.into_iter().enumerate() {
            self.likes.add(
                acknowledged,
                perhaps,
                before.likes[subject],
                after.likes[subject],
            );
        }
        for (subject, acknowledged) in history.views.iter().enumerate() {
            let unknown = history.unknown_views[subject];
            self.views.add(
                *acknowledged,
                unknown,
                before.views[subject],
                after.views[subject],
            );
        }
    }

    /// Whether the server's counts have all that was acknowledged: they follow a moment later.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        let all = [
            &self.votes,
            &self.raw_votes,
            &self.voters,
            &self.likes,
            &self.views,
        ];
        all.into_iter().all(|comparison| comparison.missing == 0)
    }

    /// The problems; none if all is well.
    #[must_use]
    pub fn problems(&self) -> Vec<String> {
        let asked = &self.asked;
        let raw_votes = self.raw_votes.missing + self.raw_votes.doubled;
        let voters = self.voters.missing + self.voters.doubled;
        let lines = [
            (
                "votes that were acknowledged and are missing",
                self.votes.missing,
            ),
            (
                "votes that were never acknowledged, or count twice",
                self.votes.doubled,
            ),
            ("difference to the total of all votes", raw_votes),
            ("voters too many or too few", voters),
            (
                "likes that were acknowledged and are missing",
                self.likes.missing,
            ),
            (
                "likes that were never acknowledged, or count twice",
                self.likes.doubled,
            ),
            (
                "views that were acknowledged and are missing",
                self.lost_views(false),
            ),
            (
                "views that were never reported, or count twice",
                self.views.doubled,
            ),
            (
                "votes held back meanwhile, so that nominees cannot be compared",
                self.withheld,
            ),
            ("votes beyond a quota", self.quotas_exceeded),
            (
                "votes refused though nothing was against them",
                self.refused_wrongly,
            ),
            ("events that never got an answer", self.unanswered),
            ("votes that their voters do not have", asked.votes_missing),
            (
                "votes that voters have though they were refused",
                asked.votes_doubled,
            ),
            ("likes that their voters do not have", asked.likes_missing),
            (
                "quotas of voters used beyond their limit",
                asked.quotas_exceeded,
            ),
            (
                "quotas of voters that do not fit their votes",
                asked.quotas_wrong,
            ),
            ("voters who could not be asked", asked.unanswered),
        ];
        sentences(&lines)
    }

    /// Remarks on events that were not planned, and are no fault of the votes.
    #[must_use]
    pub fn remarks(&self) -> Vec<String> {
        sentences(&[
            ("requests without an answer, sent again", self.lost),
            ("requests that could not be sent, sent later", self.unsent),
            (
                "views whose report was given up: they may count or not",
                self.views.unknown,
            ),
            (
                "views of the last second before the server went away, lost",
                self.lost_views(true),
            ),
        ])
    }

    /// Views that are missing. A server that is killed may lose those of its last second, but no others.
    fn lost_views(&self, went_away: bool) -> u64 {
        if went_away == (self.lost + self.unsent > 0) {
            self.views.missing
        } else {
            0
        }
    }
}

fn sentences(lines: &[(&str, u64)]) -> Vec<String> {
    let counted = lines.iter().filter(|(_, count)| *count > 0);
    counted
        .map(|(what, count)| format!("{what}: {count}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedule::{Action, Size};

    fn field() -> Field {
        Field {
            scopes: (0..30).map(|nominee| nominee % 2).collect(),
            stories: 4,
            quota: 10,
        }
    }

    /// A campaign in which a perfect server has answered everything, in the order of time.
    fn perfect() -> (Schedule, History, Standing, Standing) {
        let field = field();
        let schedule = Schedule::plan(3, Size::scaled(0.01), &field);
        let subjects = field.scopes.len() + usize::from(field.stories);
        let mut history = History::new(&schedule, subjects);
        let before = Standing {
            raw_votes: 7,
            withheld_votes: 0,
            voters: 5,
            votes: vec![1; field.scopes.len()],
            likes: vec![2; subjects],
            views: vec![3; subjects],
        };
        let mut after = before.clone();
        let mut used: HashMap<(u32, u16), u16> = HashMap::new();
        for event in &schedule.events {
            match event.action {
                Action::Vote { planned, with_key } => {
                    let nominee = schedule.planned_votes[planned as usize].nominee;
                    let scope = field.scopes[usize::from(nominee)];
                    let used = used.entry((event.voter, scope)).or_default();
                    let id = format!("vote {planned}");
                    if history.planned_votes[planned as usize].vote.is_some() {
                        if with_key {
                            history.counted(planned, &id);
                        } else {
                            history.refused(planned, "ALREADY_VOTED");
                        }
                    } else if *used == field.quota {
                        history.refused(planned, "QUOTA_SPENT");
                    } else {
                        *used += 1;
                        history.counted(planned, &id);
                        after.raw_votes += 1;
                        after.votes[usize::from(nominee)] += 1;
                    }
                }
                Action::Like(like) => {
                    history.likes[like as usize].is_liked = true;
                    after.likes[usize::from(schedule.likes[like as usize].subject)] += 1;
                }
                Action::Report(report) => {
                    for subject in &schedule.reports[report as usize] {
                        history.views[usize::from(*subject)] += 1;
                        after.views[usize::from(*subject)] += 1;
                    }
                }
                Action::Read(_) => {}
            }
        }
        after.voters += u64::try_from(schedule.voters.len()).expect("few");
        (schedule, history, before, after)
    }

    fn recount(
        schedule: &Schedule,
        history: &History,
        before: &Standing,
        after: &Standing,
    ) -> Recount {
        Recount::new(schedule, &field(), history, before, after)
    }

    #[test]
    fn a_perfect_server_passes() {
        let (schedule, history, before, after) = perfect();
        let recount = recount(&schedule, &history, &before, &after);
        assert_eq!(recount.problems(), Vec::<String>::new());
        assert!(recount.is_settled());
        assert_eq!(recount.votes.acknowledged, recount.votes.counted);
        assert_eq!(recount.same_again, 60, "5% of 1,200 voters");
        // 60 who tap again without the key, 24 who try one to three votes too many, 29 refusals of each script.
        let spent = schedule.planned_votes.iter().zip(&history.planned_votes);
        let spent: u64 = spent.map(|(_, known)| u64::from(known.quota_spent)).sum();
        assert!((24..=72).contains(&spent));
        assert_eq!(recount.refused_rightly, 60 + spent + 29 * 12);
    }

    #[test]
    fn a_missing_vote_is_found() {
        let (schedule, history, before, mut after) = perfect();
        let nominee = usize::from(schedule.planned_votes[0].nominee);
        after.votes[nominee] -= 1;
        after.raw_votes -= 1;
        let found = recount(&schedule, &history, &before, &after);
        assert_eq!((found.votes.missing, found.votes.doubled), (1, 0));
        assert!(!found.is_settled() && !found.problems().is_empty());
    }

    #[test]
    fn a_doubled_vote_is_found() {
        let (schedule, history, before, mut after) = perfect();
        after.votes[3] += 1;
        after.raw_votes += 1;
        let found = recount(&schedule, &history, &before, &after);
        assert_eq!((found.votes.missing, found.votes.doubled), (0, 1));
        assert!(!found.problems().is_empty());
    }

    #[test]
    fn a_missing_and_a_doubled_vote_do_not_make_up_for_each_other() {
        let (schedule, history, before, mut after) = perfect();
        let nominee = usize::from(schedule.planned_votes[0].nominee);
        after.votes[nominee] -= 1;
        after.votes[(nominee + 1) % 30] += 1;
        let found = recount(&schedule, &history, &before, &after);
        assert_eq!((found.votes.missing, found.votes.doubled), (1, 1));
        assert!(!found.problems().is_empty());
    }

    #[test]
    fn another_vote_to_a_retry_is_a_double() {
        let (schedule, mut history, before, after) = perfect();
        history.counted(0, "another vote");
        let found = recount(&schedule, &history, &before, &after);
        assert_eq!(found.votes.doubled, 1);
        assert!(!found.problems().is_empty());
    }

    #[test]
    fn a_vote_beyond_the_quota_is_found() {
        let (schedule, mut history, before, mut after) = perfect();
        let planned = history
            .planned_votes
            .iter()
            .position(|known| known.quota_spent > 0);
        let planned = planned.expect("somebody is greedy");
        history.planned_votes[planned].quota_spent = 0;
        history.counted(u32::try_from(planned).expect("few"), "one too many");
        after.votes[usize::from(schedule.planned_votes[planned].nominee)] += 1;
        after.raw_votes += 1;
        let found = recount(&schedule, &history, &before, &after);
        assert_eq!(found.quotas_exceeded, 1);
        assert_eq!(found.problems(), ["votes beyond a quota: 1"]);
    }

    #[test]
    fn a_false_refusal_is_found() {
        let (schedule, mut history, before, mut after) = perfect();
        let is_ordinary = |planned: &usize| {
            schedule.voters[schedule.planned_votes[*planned].voter as usize].kind
                == VoterKind::Ordinary
        };
        let planned = (0..schedule.planned_votes.len())
            .find(is_ordinary)
            .expect("most are");
        after.votes[usize::from(schedule.planned_votes[planned].nominee)] -= 1;
        after.raw_votes -= 1;
        for code in ["ALREADY_VOTED", "QUOTA_SPENT", "NOT_ELIGIBLE"] {
            history.planned_votes[planned] = crate::history::VoteHistory::default();
            history.refused(u32::try_from(planned).expect("few"), code);
            let found = recount(&schedule, &history, &before, &after);
            assert_eq!(
                (found.refused_wrongly, found.votes.missing),
                (1, 0),
                "{code}"
            );
        }
    }

    #[test]
    fn a_lost_answer_is_made_up_for_by_the_next() {
        let (schedule, mut history, before, after) = perfect();
        let planned = &mut history.planned_votes[0];
        *planned = crate::history::VoteHistory {
            lost: 1,
            already_voted: 1,
            ..Default::default()
        };
        let found = recount(&schedule, &history, &before, &after);
        assert_eq!(found.problems(), Vec::<String>::new());
    }

    #[test]
    fn what_never_got_an_answer_may_count_or_not() {
        let (schedule, mut history, before, mut after) = perfect();
        history.planned_votes[0] = crate::history::VoteHistory {
            lost: 3,
            given_up: 1,
            ..Default::default()
        };
        let nominee = usize::from(schedule.planned_votes[0].nominee);
        for _ in 0..2 {
            let found = recount(&schedule, &history, &before, &after);
            assert_eq!((found.votes.missing, found.votes.doubled), (0, 0));
            assert_eq!(found.votes.unknown, 1);
            after.votes[nominee] -= 1;
            after.raw_votes -= 1;
        }
    }

    #[test]
    fn likes_and_views_are_compared_too() {
        let (schedule, history, before, mut after) = perfect();
        after.likes[2] -= 1;
        after.views[3] += 1;
        let found = recount(&schedule, &history, &before, &after);
        assert_eq!((found.likes.missing, found.views.doubled), (1, 1));
        assert_eq!(found.problems().len(), 2);
    }
}
