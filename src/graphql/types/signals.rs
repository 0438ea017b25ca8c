//! Signals: what no crowd of people does, found in the votes of a campaign, as cases for its organisation to judge.

use std::collections::HashMap;
use std::sync::Arc;

use acclaim_signals as signals;
use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};

use super::scalars::{Long, Timestamp};
use super::withholding::{WithholdingRule, WithholdingSelection, list_rules};
use super::{Nominee, to_i32};
use crate::app::App;
use crate::domain::access::Action;
use crate::domain::roster::Roster;
use crate::domain::signals as domain;
use crate::domain::withholding::RULES_MAX;
use crate::error::Error;
use crate::graphql::node_id::GlobalId;
use crate::graphql::{app, requester};
use crate::id::{CampaignId, SignalCaseId, StaffId};
use crate::ledger::signals as ledger;
use crate::ledger::withholding::list_names;

/// Cases whose signals are listed.
const CASES_MAX: i64 = 100;

/// A way in which votes concentrate. A crowd makes each of them, too.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "signals::Signal")]
pub(super) enum SignalKind {
    /// The same three or more nominees from many voters of a day.
    SameBallot,
    /// A nominee's voters of a day come from many small networks that vote for it above all.
    ManySmallNetworks,
    /// The voters of one network, or block of networks, vote for one nominee.
    SelectiveNetwork,
    /// The voters on one phone model vote for one nominee.
    SelectiveModel,
    /// A nominee takes more of its category than in the three hours before, without votes by its own share links.
    ShareSpike,
    /// The same with votes by its share links.
    Wave,
    /// A nominee takes more of its category at night than by day.
    NightDrip,
    /// Votes for a nominee come from clients that had not shown the campaign.
    Unseen,
}

/// A behaviour of votes that no crowd of people has; of the weak ones few have one.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "signals::Behaviour")]
pub(super) enum SignalBehaviour {
    /// Votes without having been shown the campaign.
    Unseen,
    /// Votes within three seconds of being shown it.
    Fast,
    /// Phones of one network are of one model.
    Phones,
    /// Even intervals between visits.
    Clock,
    /// Even times from page to vote: weak.
    Pace,
    /// Between 1 and 5 in the morning: weak.
    Night,
    /// Nearly all come again the next day: weak.
    Repeat,
    /// Nearly all phones are of one model: weak.
    OneModel,
}

/// The state of a case.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::CaseState")]
pub(super) enum SignalCaseState {
    /// Nobody has decided.
    Open,
    /// Somebody has looked at it, and found nothing that is to be withheld.
    Dismissed,
}

/// A point of a signal's chart.
#[derive(SimpleObject)]
pub(super) struct SignalPoint {
    /// The beginning of its time.
    at: Timestamp,
    /// Votes.
    votes: f64,
    /// Votes that would be usual.
    expected: f64,
}

/// A behaviour that the votes of a signal show.
#[derive(SimpleObject)]
pub(super) struct SignalFinding {
    /// The behaviour.
    behaviour: SignalBehaviour,
    /// It in one sentence, in the language of the request.
    sentence: String,
    /// Its number: a part of visits, voters or phones, a chance, or for `PACE` a ratio of spreads.
    number: f64,
    /// The number from which on it tells; for `PACE`, up to which.
    threshold: f64,
    /// Whether it takes a second weak one to offer a rule.
    is_weak: bool,
}

/// A rule that a case lets offer, of a concentration and a behaviour. `proposeWithholding` takes its id.
#[derive(SimpleObject)]
pub(super) struct WithholdingOffer {
    /// Its id, as long as its signal is found.
    id: ID,
    /// The votes that it names.
    selection: WithholdingSelection,
}

/// A concentration of votes, with the behaviours that they show. It accuses nobody.
#[derive(Clone)]
pub(super) struct Signal {
    app: Arc<App>,
    roster: Arc<Roster>,
    alarm: Arc<domain::Alarm>,
    case_id: Option<SignalCaseId>,
}

/// A concentration of votes, with the behaviours that they show. It accuses nobody.
#[Object]
impl Signal {
    /// Its kind.
    async fn kind(&self) -> SignalKind {
        self.alarm.signal.into()
    }

    /// It in one sentence, in the language of the request.
    async fn sentence(&self, ctx: &Context<'_>) -> String {
        let nominees = self.roster.nominees();
        let ids = self.alarm.nominee_ids.iter();
        let indexes = ids.filter_map(|id| self.roster.index_of(*id));
        let names: Vec<&str> = indexes.map(|index| nominees[index].name.as_str()).collect();
        let zone = self.roster.campaign().time_zone.0;
        requester(ctx).language.signal(&self.alarm, &names, zone)
    }

    /// The case that it belongs to; null for a concentration that is listed only.
    async fn case_id(&self) -> Option<ID> {
        let id = GlobalId::SignalCase(self.case_id?);
        Some(id.encode(&self.app.hash_key))
    }

    /// The nominee, or those of the ballot.
    async fn nominees(&self, ctx: &Context<'_>) -> Vec<Nominee> {
        let ids = self.alarm.nominee_ids.iter();
        let indexes = ids.filter_map(|id| self.roster.index_of(*id));
        indexes
            .map(|index| Nominee::on_own_page(ctx, &self.roster, index))
            .collect()
    }

    /// The network, block of networks or phone model that the votes came from, as vote groups name it; null where it is
    /// none or many.
    async fn origin(&self) -> Option<String> {
        match self.alarm.place {
            domain::Place::Network(hash)
            | domain::Place::NetworkBlock(hash)
            | domain::Place::PhoneModel(hash) => Some(hash.to_string()),
            domain::Place::Anywhere | domain::Place::Networks => None,
        }
    }

    /// The first moment of the time that it is about.
    async fn from(&self) -> Timestamp {
        Timestamp(self.alarm.from)
    }

    /// The first moment after it.
    async fn until(&self) -> Timestamp {
        Timestamp(self.alarm.until)
    }

    /// Votes, voters (of a ballot, network or model) or networks (many small ones).
    async fn number(&self) -> f64 {
        self.alarm.number
    }

    /// The number that would be usual.
    async fn expected(&self) -> f64 {
        self.alarm.expected
    }

    /// The votes that it is about.
    async fn votes(&self) -> Long {
        Long(self.alarm.votes)
    }

    /// Their voters.
    async fn voters(&self) -> Long {
        Long(self.alarm.voters)
    }

    /// The votes over its time, beside those that would be usual; at most 200 points.
    async fn points(&self) -> Vec<SignalPoint> {
        let point = |point: &domain::Point| SignalPoint {
            at: Timestamp(point.at),
            votes: point.votes,
            expected: point.expected,
        };
        self.alarm.points.iter().map(point).collect()
    }

    /// The behaviours that the votes show.
    async fn findings(&self, ctx: &Context<'_>) -> Vec<SignalFinding> {
        let language = requester(ctx).language;
        let finding = |finding: &domain::Finding| SignalFinding {
            behaviour: finding.behaviour.into(),
            sentence: language.signal_finding(finding),
            number: finding.number,
            threshold: finding.threshold,
            is_weak: finding.behaviour.is_weak(),
        };
        self.alarm.findings.iter().map(finding).collect()
    }

    /// The rules that it lets offer; none where there is no behaviour beside the concentration.
    async fn offers(&self, ctx: &Context<'_>) -> Vec<WithholdingOffer> {
        let Some(case_id) = self.case_id else {
            return Vec::new();
        };
        let offer = |offer: &domain::Offer| WithholdingOffer {
            id: GlobalId::SignalOffer(case_id, offer.id).encode(&self.app.hash_key),
            selection: WithholdingSelection::new(ctx, &self.roster, &offer.selector),
        };
        self.alarm.offers.iter().map(offer).collect()
    }
}

/// Signals that are about the same, for a person to judge: it accuses nobody, and withholds nothing by itself.
#[derive(Clone)]
pub(in crate::graphql) struct SignalCase {
    app: Arc<App>,
    roster: Arc<Roster>,
    case: Arc<domain::SignalCase>,
    rules: Arc<Vec<WithholdingRule>>,
    names: Arc<HashMap<StaffId, String>>,
}

impl SignalCase {
    /// Its campaign.
    pub(super) fn campaign_id(&self) -> CampaignId {
        self.case.campaign_id
    }
}

/// Signals that are about the same, for a person to judge: it accuses nobody, and withholds nothing by itself.
#[Object]
impl SignalCase {
    /// Its id.
    async fn id(&self) -> ID {
        GlobalId::SignalCase(self.case.id).encode(&self.app.hash_key)
    }

    /// Whether a member has judged it.
    async fn state(&self) -> SignalCaseState {
        self.case.state.into()
    }

    /// Whether the last examination found it: later votes may have explained it.
    async fn is_current(&self) -> bool {
        self.case.is_current
    }

    /// When it was found first.
    async fn found_at(&self) -> Timestamp {
        Timestamp(self.case.found_at)
    }

    /// Its signals, the one that it is named after first.
    async fn signals(&self) -> Vec<Signal> {
        show_alarms(
            &self.app,
            &self.roster,
            &self.case.alarms,
            Some(self.case.id),
        )
    }

    /// The rules that were proposed from it, newest first.
    async fn rules(&self) -> Vec<WithholdingRule> {
        let rules = self.rules.iter();
        let own = rules.filter(|rule| rule.case_id() == Some(self.case.id));
        own.cloned().collect()
    }

    /// Why it was dismissed the last time.
    async fn note(&self) -> Option<&str> {
        self.case.note.as_deref()
    }

    /// The name of the member who decided on it last; null before that, and for an operator.
    async fn decided_by(&self) -> Option<&str> {
        self.names.get(&self.case.decided_by?).map(String::as_str)
    }

    /// When that was.
    async fn decided_at(&self) -> Option<Timestamp> {
        self.case.decided_at.map(Timestamp)
    }

    /// The revision for `expectedRevision`.
    async fn edit_revision(&self) -> i32 {
        to_i32(self.case.edit_revision)
    }
}

fn show_alarms(
    app: &Arc<App>,
    roster: &Arc<Roster>,
    alarms: &[domain::Alarm],
    case_id: Option<SignalCaseId>,
) -> Vec<Signal> {
    let signal = |alarm: &domain::Alarm| Signal {
        app: Arc::clone(app),
        roster: Arc::clone(roster),
        alarm: Arc::new(alarm.clone()),
        case_id,
    };
    alarms.iter().map(signal).collect()
}

/// Whether the requester may read what was found in the campaign's votes.
pub(super) fn may_read(ctx: &Context<'_>, roster: &Roster) -> bool {
    let organisation_id = roster.campaign().organisation_id;
    app(ctx).may(requester(ctx).viewer, organisation_id, Action::ReadRecords)
}

/// All that the last examination found, for members who may read records: the signals of cases, and concentrations
/// that are listed.
pub(super) async fn list_signals(ctx: &Context<'_>, roster: &Arc<Roster>) -> Result<Vec<Signal>> {
    if !may_read(ctx, roster) {
        return Ok(Vec::new());
    }
    let (app, id) = (app(ctx), roster.campaign().id);
    let cases = ledger::list_cases(&app.database, id, CASES_MAX).await;
    let cases = cases.map_err(Error::from)?;
    let current = cases.iter().filter(|case| case.is_current);
    let mut signals: Vec<Signal> = current
        .flat_map(|case| show_alarms(app, roster, &case.alarms, Some(case.id)))
        .collect();
    let found = ledger::find_examination(&app.database, id).await;
    if let Some(found) = found.map_err(Error::from)? {
        signals.extend(show_alarms(app, roster, &found.listed, None));
    }
    Ok(signals)
}

/// The number of a campaign's open cases, for members who may read records.
pub(super) async fn count_open_cases(ctx: &Context<'_>, roster: &Roster) -> Result<i32> {
    if !may_read(ctx, roster) {
        return Ok(0);
    }
    let count = ledger::count_open(&app(ctx).database, roster.campaign().id).await;
    Ok(to_i32(count.map_err(Error::from)?))
}

/// The newest cases of a campaign, at most `limit`, for members who may read records.
pub(super) async fn list_cases(
    ctx: &Context<'_>,
    roster: &Arc<Roster>,
    limit: usize,
) -> Result<Vec<SignalCase>> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let cases = ledger::list_cases(&app(ctx).database, roster.campaign().id, limit).await;
    show(ctx, roster, cases.map_err(Error::from)?).await
}

/// Cases of one campaign as the requester sees them.
async fn show(
    ctx: &Context<'_>,
    roster: &Arc<Roster>,
    cases: Vec<domain::SignalCase>,
) -> Result<Vec<SignalCase>> {
    if cases.is_empty() || !may_read(ctx, roster) {
        return Ok(Vec::new());
    }
    let app = app(ctx);
    let rules = list_rules(ctx, roster, usize::try_from(RULES_MAX).unwrap_or_default()).await?;
    let mut ids: Vec<_> = cases.iter().filter_map(|case| case.decided_by).collect();
    ids.sort_unstable();
    ids.dedup();
    let names = list_names(&app.database, ids.into_iter().map(|id| id.0).collect()).await;
    let names: HashMap<StaffId, String> = names.map_err(Error::from)?.into_iter().collect();
    let (rules, names) = (Arc::new(rules), Arc::new(names));
    let shown = |case| SignalCase {
        app: Arc::clone(app),
        roster: Arc::clone(roster),
        case: Arc::new(case),
        rules: Arc::clone(&rules),
        names: Arc::clone(&names),
    };
    Ok(cases.into_iter().map(shown).collect())
}

/// The case with this id, if the requester may know of it.
pub(in crate::graphql) async fn find_case(
    ctx: &Context<'_>,
    id: SignalCaseId,
) -> Result<Option<SignalCase>> {
    let app = app(ctx);
    let found = ledger::find_case(&app.database, id).await;
    let Some(case) = found.map_err(Error::from)? else {
        return Ok(None);
    };
    let catalog = app.campaigns.catalog();
    let Some(roster) = catalog.find(case.campaign_id, requester(ctx).viewer) else {
        return Ok(None);
    };
    Ok(show(ctx, &roster, vec![case]).await?.pop())
}
