//! The figures of a report, computed from what the database has at one moment.

use std::cmp::Reverse;
use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::{
    CategoryResult, Group, Peak, Place, Point, ReportedAmendment, ReportedCampaign,
    ReportedNominee, ReportedStory, ReportedTurnout, Snapshot, Totals, VERSION,
};
use crate::domain::campaign::Category;
use crate::domain::nominee::{Nominee, NomineeStatus};
use crate::domain::roster::Roster;
use crate::domain::tally::{CampaignTotals, NomineeTotals, Tally, TallyEntry};
use crate::domain::turnout::{TurnoutStep, TurnoutSum, minute_start, points};
use crate::id::NomineeId;

/// The rows that a report is made from, all of one moment.
#[derive(Debug)]
pub struct Sources {
    /// The moment.
    pub taken_at: DateTime<Utc>,
    /// The campaign.
    pub roster: Roster,
    /// The name of its organisation.
    pub organisation: String,
    /// Totals of the nominees that have any.
    pub totals: Vec<NomineeTotals>,
    /// Votes by time and client, in the order of time.
    pub turnout: Vec<TurnoutSum>,
    /// The first minute of those with the most votes, and these.
    pub peak_minute: Option<(i64, i64)>,
    /// Votes that were cast for each nominee, by turnout.
    pub cast: HashMap<NomineeId, i64>,
    /// Views and likes of nominees that have any.
    pub reach: HashMap<NomineeId, (i64, i64)>,
    /// Stories that are out, in their order.
    pub stories: Vec<ReportedStory>,
    /// Amendments, in their order.
    pub amendments: Vec<ReportedAmendment>,
}

impl Snapshot {
    /// Computes a report.
    #[must_use]
    pub fn new(sources: Sources) -> Self {
        let roster = &sources.roster;
        let totals = CampaignTotals {
            campaign_id: roster.campaign().id,
            as_of: sources.taken_at,
            nominees: sources.totals.clone(),
        };
        let tally = Tally::rank(&totals, roster);
        let figures = Figures::new(&sources);
        let categories = figures.categories(&tally);
        let withdrawn: Vec<ReportedNominee> = roster
            .nominees()
            .iter()
            .filter(|nominee| !nominee.is_shown())
            .map(|nominee| figures.nominee(nominee, None, Place::Withdrawn, 0))
            .collect();
        let turnout = turnout(&sources);
        let totals = figures.totals(&tally, &categories, &withdrawn);
        let listed = || categories.iter().flat_map(|category| &category.nominees);
        Self {
            version: VERSION,
            taken_at: sources.taken_at,
            campaign: campaign(&sources),
            cities: groups(listed(), |nominee| {
                nominee.city.as_deref().unwrap_or_default()
            }),
            employers: groups(listed(), |nominee| &nominee.employer),
            totals,
            categories,
            withdrawn,
            turnout,
            stories: sources.stories,
            amendments: sources.amendments,
        }
    }
}

fn campaign(sources: &Sources) -> ReportedCampaign {
    let campaign = sources.roster.campaign();
    ReportedCampaign {
        slug: campaign.slug.clone(),
        title: campaign.title.clone(),
        organisation: sources.organisation.clone(),
        time_zone: campaign.time_zone.0.name().to_owned(),
        phase: campaign.phase(sources.taken_at).name().to_owned(),
        voting_opens_at: campaign.voting_opens_at,
        voting_closes_at: campaign.voting_closes_at,
        quota_period: campaign.quota_period.name().to_owned(),
        quota_scope: campaign.quota_scope.name().to_owned(),
        votes_per_period: campaign.votes_per_period,
        guests_may_vote: campaign.guests_may_vote,
        admits: campaign
            .admitted()
            .iter()
            .map(|kind| kind.name().to_owned())
            .collect(),
        tally_visibility: campaign.tally_visibility.name().to_owned(),
    }
}

/// The figures of nominees, by their ids.
struct Figures<'a> {
    sources: &'a Sources,
    totals: HashMap<NomineeId, &'a NomineeTotals>,
}

impl<'a> Figures<'a> {
    fn new(sources: &'a Sources) -> Self {
        let totals = sources.totals.iter();
        Self {
            sources,
            totals: totals.map(|total| (total.nominee_id, total)).collect(),
        }
    }

    fn nominee(
        &self,
        nominee: &Nominee,
        rank: Option<i64>,
        place: Place,
        of_votes: i64,
    ) -> ReportedNominee {
        let total = self.totals.get(&nominee.id);
        let votes = total.map_or(0, |total| total.counted);
        let cast = self.sources.cast.get(&nominee.id);
        let (views, likes) = self
            .sources
            .reach
            .get(&nominee.id)
            .copied()
            .unwrap_or_default();
        ReportedNominee {
            number: nominee.number,
            name: nominee.name.clone(),
            employer: nominee.employer.clone(),
            city: nominee.city.clone(),
            is_frozen: nominee.status == NomineeStatus::Frozen,
            rank,
            place,
            votes,
            guest_votes: total.map_or(0, |total| total.guest_votes),
            withheld: total.map_or(0, |total| total.withheld),
            cast: cast.copied().unwrap_or_default(),
            share_basis_points: rounded(votes, 10_000, of_votes),
            views,
            likes,
        }
    }

    fn categories(&self, tally: &Tally) -> Vec<CategoryResult> {
        let roster = &self.sources.roster;
        let result = |category: &Category| {
            let entries = tally.entries.iter();
            let entries: Vec<&TallyEntry> = entries
                .filter(|entry| entry.category_id == category.id)
                .collect();
            let votes = entries.iter().map(|entry| entry.votes).sum();
            let cut = Cut::new(&entries, category.shortlist_size);
            let nominees: Vec<ReportedNominee> = entries
                .iter()
                .map(|entry| {
                    let nominee = &roster.nominees()[entry.nominee];
                    let rank = i64::from(entry.rank);
                    self.nominee(nominee, Some(rank), cut.place(rank), votes)
                })
                .collect();
            let tied = nominees
                .iter()
                .filter(|nominee| nominee.place == Place::Tied);
            CategoryResult {
                name: category.name.clone(),
                shortlist_size: category.shortlist_size,
                votes,
                guest_votes: nominees.iter().map(|nominee| nominee.guest_votes).sum(),
                withheld: nominees.iter().map(|nominee| nominee.withheld).sum(),
                tied_at_cut: tied.map(|nominee| nominee.number).collect(),
                open_places: cut.open_places(),
                nominees,
            }
        };
        roster.categories().iter().map(result).collect()
    }

    fn totals(
        &self,
        tally: &Tally,
        categories: &[CategoryResult],
        withdrawn: &[ReportedNominee],
    ) -> Totals {
        let listed = || categories.iter().flat_map(|category| &category.nominees);
        let sum = |number: fn(&ReportedNominee) -> i64| listed().map(number).sum::<i64>();
        let of_withdrawn: i64 = withdrawn.iter().map(|nominee| nominee.votes).sum();
        let withheld_listed = sum(|nominee| nominee.withheld);
        let withheld_withdrawn: i64 = withdrawn.iter().map(|nominee| nominee.withheld).sum();
        let votes = tally.counted + tally.withheld;
        let stories = &self.sources.stories;
        Totals {
            votes,
            counted: tally.counted,
            guest_votes: Some(tally.guest_votes),
            withheld: tally.withheld,
            listed: sum(|nominee| nominee.votes),
            withdrawn: of_withdrawn,
            elsewhere: tally.withdrawn - of_withdrawn,
            withheld_elsewhere: tally.withheld - withheld_listed - withheld_withdrawn,
            voters: tally.voters,
            votes_per_voter_hundredths: rounded(tally.counted, 100, tally.voters),
            nominees: count(listed().count()),
            withdrawn_nominees: count(withdrawn.len()),
            stories: count(stories.len()),
            nominee_views: sum(|nominee| nominee.views),
            nominee_likes: sum(|nominee| nominee.likes),
            story_views: stories.iter().map(|story| story.views).sum(),
            story_likes: stories.iter().map(|story| story.likes).sum(),
        }
    }
}

/// The cut line of a category.
struct Cut {
    size: i64,
    /// The rank of those who share the last place within, where they are more than fit.
    tied_rank: Option<i64>,
}

impl Cut {
    fn new(entries: &[&TallyEntry], size: i64) -> Self {
        let within = entries.iter().map(|entry| i64::from(entry.rank));
        let within: Vec<i64> = within.filter(|rank| *rank <= size).collect();
        let is_full = count(within.len()) > size;
        Self {
            size,
            tied_rank: within.last().copied().filter(|_| is_full),
        }
    }

    fn place(&self, rank: i64) -> Place {
        if self.tied_rank == Some(rank) {
            Place::Tied
        } else if rank <= self.size {
            Place::Within
        } else {
            Place::Below
        }
    }

    /// Places that are left for those who share one: all ranks before theirs are taken.
    fn open_places(&self) -> i64 {
        self.tied_rank.map_or(0, |rank| self.size - (rank - 1))
    }
}

fn turnout(sources: &Sources) -> ReportedTurnout {
    let zone = sources.roster.campaign().time_zone.0;
    let by = |step| -> Vec<Point> {
        let points = points(&sources.turnout, step, zone);
        points.into_iter().map(Point::from).collect()
    };
    let (hours, days) = (by(TurnoutStep::Hour), by(TurnoutStep::Day));
    let sum = |number: fn(&Point) -> i64| hours.iter().map(number).sum();
    // Of equal ones the first.
    let peak = hours.iter().rev().max_by_key(|hour| hour.votes);
    ReportedTurnout {
        votes: sum(|hour| hour.votes),
        page: sum(|hour| hour.page),
        mini_program: sum(|hour| hour.mini_program),
        other: sum(|hour| hour.other),
        guests: sum(|hour| hour.guests),
        peak_minute: sources.peak_minute.map(|(minute, votes)| Peak {
            at: minute_start(minute),
            votes,
        }),
        peak_hour: peak.map(|&Point { at, votes, .. }| Peak { at, votes }),
        days,
        hours,
    }
}

/// Nominees and votes by a text of theirs: most votes first, equal ones by name.
fn groups<'a>(
    nominees: impl Iterator<Item = &'a ReportedNominee>,
    name: fn(&ReportedNominee) -> &str,
) -> Vec<Group> {
    let mut sums: HashMap<&str, (i64, i64)> = HashMap::new();
    for nominee in nominees {
        let sum = sums.entry(name(nominee).trim()).or_default();
        *sum = (sum.0 + 1, sum.1 + nominee.votes);
    }
    let group = |(name, (nominees, votes)): (&str, (i64, i64))| Group {
        name: name.to_owned(),
        nominees,
        votes,
    };
    let mut groups: Vec<Group> = sums.into_iter().map(group).collect();
    groups.sort_by(|a, b| (Reverse(a.votes), &a.name).cmp(&(Reverse(b.votes), &b.name)));
    groups
}

fn count(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}

/// `number / of` in units of a `scale`th, rounded half up; 0 where there is nothing to divide by.
fn rounded(number: i64, scale: i64, of: i64) -> i64 {
    if of <= 0 {
        return 0;
    }
    let (number, scale, of) = (i128::from(number), i128::from(scale), i128::from(of));
    i64::try_from((number * scale * 2 + of) / (of * 2)).unwrap_or(i64::MAX)
}
