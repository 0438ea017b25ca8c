//! Who may do what: every field of the three roots and every path of the server, tried by every role, by a member of
//! another organisation, by a voter and by nobody, on what is not public. A field or path that is not in the tables
//! fails the second test.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use acclaim::auth::Viewer;
use acclaim::domain::access::StaffRole;
use acclaim::domain::campaign::{Lifecycle, TallyVisibility};
use acclaim::domain::identity::IdentityKind;
use acclaim::domain::media::UploadPurpose;
use acclaim::domain::signals::{CaseChanges, CaseState, SignalCase};
use acclaim::domain::story::Story;
use acclaim::domain::withholding::{RuleKind, RuleState, Selector, WithholdingRule};
use acclaim::graphql::node_id::GlobalId;
use acclaim::id::{ImportId, SignalCaseId, StaffId, UploadId, WithholdingRuleId};
use acclaim::ledger::import::ImportKind;
use acclaim::ledger::import::job::{self as import_job, NewImportJob};
use acclaim::ledger::story;
use acclaim::ledger::voter::{self, Identity};
use acclaim::ledger::{signals, withholding};
use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::deadlines::until;
use crate::desk::{organisation, sign_up};
use crate::harness::{Sample, Stores, TestApp, TestClient, global, on_both, sample_organisation};

on_both!(every_field_gives_each_role_what_it_may_have);

/// Root, field, its operation and what comes of it for: owner, organiser, editor, auditor; the owner of another
/// organisation, a voter, nobody.
///
/// `+` an answer, `-` as if there were nothing, `!` a refusal of the input, which comes after the right, `F` forbidden,
/// `U` sign in first. Names in `<>` are replaced by the ids of a draft and what belongs to it.
const FIELDS: &[(&str, &str, &str, &str)] = &[
    (
        "Query",
        "node",
        "{ node(id: \"<campaign>\") { id } }",
        "++++---",
    ),
    ("Query", "signInWays", "{ signInWays { kind } }", "+++++++"),
    (
        "Query",
        "voterRetentionDays",
        "{ voterRetentionDays }",
        "+++++++",
    ),
    (
        "Query",
        "shareSignature",
        "{ shareSignature(url: \"x\") { appId } }",
        "-------",
    ),
    (
        "Query",
        "nodes",
        "{ nodes(ids: [\"<nominee>\", \"<story>\", \"<category>\"]) { id } }",
        "++++---",
    ),
    (
        "Query",
        "nodes",
        "{ nodes(ids: [\"<organisation>\"]) { id } }",
        "++++---",
    ),
    (
        "Query",
        "nodes",
        "{ nodes(ids: [\"<event>\"]) { id } }",
        "++-+---",
    ),
    (
        "Query",
        "nodes",
        "{ nodes(ids: [\"<import>\"]) { id } }",
        "++-+---",
    ),
    (
        "Query",
        "campaign",
        "{ campaign(id: \"<campaign>\") { desk { imports { nodes { id } } } } }",
        "++-+---",
    ),
    (
        "Query",
        "campaign",
        "{ campaign(id: \"<campaign>\") { desk { storyViews organisation { id } } } }",
        "++++---",
    ),
    (
        "Query",
        "campaign",
        "{ campaign(id: \"<campaign>\") { desk { preview(body: \"x\") { html } } } }",
        "+++F---",
    ),
    (
        "Query",
        "campaign",
        "{ campaign(id: \"<hidden>\") { desk { votersByWay { kind voters } } } }",
        "++-+---",
    ),
    (
        "Query",
        "campaign",
        "{ campaign(id: \"<campaign>\") { id } }",
        "++++---",
    ),
    (
        "Query",
        "campaign",
        "{ campaign(slug: \"a-draft\") { id } }",
        "++++---",
    ),
    (
        "Query",
        "campaign",
        "{ campaign(slug: \"hidden\") { tally { version } } }",
        "++-+---",
    ),
    (
        "Query",
        "campaigns",
        "{ campaigns(phase: DRAFT) { nodes { id } } }",
        "++++---",
    ),
    (
        "Query",
        "nominees",
        "{ nominees(campaignId: \"<campaign>\") { nodes { id } } }",
        "++++---",
    ),
    (
        "Query",
        "nominees",
        "{ nominees(campaignId: \"<hidden>\", orderBy: VOTES) { nodes { id } } }",
        "++F+FFF",
    ),
    (
        "Query",
        "stories",
        "{ stories(campaignId: \"<campaign>\") { nodes { id } } }",
        "++++---",
    ),
    (
        "Query",
        "nominee",
        "{ nominee(id: \"<nominee>\") { id } }",
        "++++---",
    ),
    (
        "Query",
        "story",
        "{ story(id: \"<story>\") { id } }",
        "++++---",
    ),
    (
        "Query",
        "story",
        "{ story(id: \"<unpublished>\") { id } }",
        "++++---",
    ),
    ("Query", "viewer", "{ viewer { role } }", "++++++-"),
    ("Query", "serverTime", "{ serverTime }", "+++++++"),
    (
        "Query",
        "organisation",
        "{ organisation(id: \"<organisation>\") { id } }",
        "++++---",
    ),
    (
        "Query",
        "organisation",
        "{ organisation(slug: \"sample\") { auditEvents { nodes { id } } } }",
        "++-+---",
    ),
    (
        "Query",
        "organisation",
        "{ organisation(slug: \"sample\") { invitations { id } } }",
        "++-+---",
    ),
    (
        "Query",
        "organisation",
        "{ organisation(slug: \"sample\") { campaigns { nodes { id } } } }",
        "++++---",
    ),
    (
        "Query",
        "organisations",
        "{ organisations { slug } }",
        "+++++--",
    ),
    (
        "Subscription",
        "tallyChanged",
        "subscription { tallyChanged(campaignId: \"<hidden>\") { version } }",
        "++F+FFF",
    ),
    (
        "Subscription",
        "storyPublished",
        "subscription { storyPublished(campaignId: \"<campaign>\") { id } }",
        "++++---",
    ),
    (
        "Mutation",
        "signInMiniProgram",
        "mutation { signInMiniProgram(input: {platform: WECHAT, code: \"x\"}) { userErrors { code } } }",
        "!!!!!!!",
    ),
    (
        "Mutation",
        "createHandOver",
        "mutation { createHandOver { code } }",
        "FFFFF+U",
    ),
    (
        "Mutation",
        "forgetMe",
        "mutation { forgetMe { dueAt } }",
        "FFFFF+U",
    ),
    (
        "Mutation",
        "redeemHandOver",
        "mutation { redeemHandOver(input: {code: \"x\"}) { userErrors { code } } }",
        "!!!!!!!",
    ),
    (
        "Mutation",
        "requestPhoneCode",
        "mutation { requestPhoneCode(input: {phone: \"x\"}) { userErrors { code } } }",
        "!!!!!!!",
    ),
    (
        "Mutation",
        "signInPhone",
        "mutation { signInPhone(input: {phone: \"x\", code: \"x\"}) { userErrors { code } } }",
        "!!!!!!!",
    ),
    (
        "Mutation",
        "signInMiniProgramPhone",
        "mutation { signInMiniProgramPhone(input: {platform: WECHAT, code: \"x\"}) { userErrors { code } } }",
        "FFFFF!U",
    ),
    (
        "Mutation",
        "signInGuest",
        "mutation { signInGuest(input: {deviceId: \"0123456789abcdef0123\"}) { userErrors { code } } }",
        "+++++++",
    ),
    (
        "Mutation",
        "signInStaff",
        "mutation { signInStaff(input: {email: \"x@y\", password: \"x\"}) { userErrors { code } } }",
        "!!!!!!!",
    ),
    (
        "Mutation",
        "refreshSession",
        "mutation { refreshSession(input: {refreshToken: \"x\"}) { userErrors { code } } }",
        "!!!!!!!",
    ),
    (
        "Mutation",
        "signOut",
        "mutation { signOut(input: {refreshToken: \"x\"}) { signedOut } }",
        "+++++++",
    ),
    (
        "Mutation",
        "castVote",
        "mutation { castVote(input: {nomineeId: \"<nominee>\"}) { userErrors { code } } }",
        "FFFFF!U",
    ),
    (
        "Mutation",
        "castBallot",
        "mutation { castBallot(input: {campaignId: \"<campaign>\", nomineeIds: [\"<nominee>\"]}) { userErrors { code } } }",
        "FFFFF-U",
    ),
    (
        "Mutation",
        "setLike",
        "mutation { setLike(input: {subjectId: \"<nominee>\", liked: true}) { userErrors { code } } }",
        "FFFFF!U",
    ),
    (
        "Mutation",
        "recordViews",
        "mutation { recordViews(input: {subjectIds: [\"<nominee>\"]}) { userErrors { code } } }",
        "++++!!!",
    ),
    (
        "Mutation",
        "updateOrganisation",
        "mutation { updateOrganisation(input: {organisationId: \"<organisation>\", expectedRevision: 0}) { userErrors { code } } }",
        "!FFF-FU",
    ),
    (
        "Mutation",
        "inviteStaff",
        "mutation { inviteStaff(input: {organisationId: \"<organisation>\", email: \"<email>\", role: EDITOR}) { userErrors { code } } }",
        "!FFF-FU",
    ),
    (
        "Mutation",
        "acceptInvitation",
        "mutation { acceptInvitation(input: {token: \"x\", name: \"x\", password: \"long enough hunter2\"}) { userErrors { code } } }",
        "!!!!!!!",
    ),
    (
        "Mutation",
        "revokeInvitation",
        "mutation { revokeInvitation(input: {organisationId: \"<organisation>\", invitationId: \"<revoked>\"}) { userErrors { code } } }",
        "!FFF-FU",
    ),
    (
        "Mutation",
        "grantRole",
        "mutation { grantRole(input: {organisationId: \"<organisation>\", staffId: \"<first>\", role: OWNER}) { userErrors { code } } }",
        "+FFF-FU",
    ),
    (
        "Mutation",
        "revokeRole",
        "mutation { revokeRole(input: {organisationId: \"<organisation>\", staffId: \"<stranger>\"}) { userErrors { code } } }",
        "-FFF-FU",
    ),
    (
        "Mutation",
        "changePassword",
        "mutation { changePassword(input: {currentPassword: \"x\", newPassword: \"x\"}) { userErrors { code } } }",
        "!!!!!FU",
    ),
    (
        "Mutation",
        "enrolSecondFactor",
        "mutation { enrolSecondFactor(input: {password: \"x\"}) { userErrors { code } } }",
        "!!!!!FU",
    ),
    (
        "Mutation",
        "confirmSecondFactor",
        "mutation { confirmSecondFactor(input: {code: \"000000\"}) { userErrors { code } } }",
        "!!!!!FU",
    ),
    (
        "Mutation",
        "createCampaign",
        "mutation { createCampaign(input: {organisationId: \"<organisation>\", idempotencyKey: \"<key>\", slug: \"new\", title: \"New\", votingOpensAt: \"2001-01-01T00:00:00Z\", votingClosesAt: \"2001-01-02T00:00:00Z\", rules: {period: DAY, scope: CATEGORY, votesPerPeriod: 1, tallyVisibility: LIVE}}) { userErrors { code } } }",
        "!!FF-FU",
    ),
    (
        "Mutation",
        "cloneCampaign",
        "mutation { cloneCampaign(input: {campaignId: \"<campaign>\", idempotencyKey: \"<key>\", slug: \"new\", title: \"New\", votingOpensAt: \"2001-01-01T00:00:00Z\", votingClosesAt: \"2001-01-02T00:00:00Z\"}) { userErrors { code } } }",
        "!!FF-FU",
    ),
    (
        "Mutation",
        "updateCampaign",
        "mutation { updateCampaign(input: {campaignId: \"<campaign>\", expectedRevision: 0}) { userErrors { code } } }",
        "!!FF-FU",
    ),
    (
        "Mutation",
        "setCategories",
        "mutation { setCategories(input: {campaignId: \"<campaign>\", expectedRevision: 0, categories: []}) { userErrors { code } } }",
        "!!FF-FU",
    ),
    (
        "Mutation",
        "amendRules",
        "mutation { amendRules(input: {campaignId: \"<campaign>\", expectedRevision: 0, reason: \"x\"}) { userErrors { code } } }",
        "!!FF-FU",
    ),
    (
        "Mutation",
        "extendVoting",
        "mutation { extendVoting(input: {campaignId: \"<campaign>\", expectedRevision: 0, votingClosesAt: \"2030-01-01T00:00:00Z\"}) { userErrors { code } } }",
        "!!FF-FU",
    ),
    (
        "Mutation",
        "announceCampaign",
        "mutation { announceCampaign(input: {campaignId: \"<campaign>\", expectedRevision: 0}) { userErrors { code } } }",
        "!!FF-FU",
    ),
    (
        "Mutation",
        "pauseVoting",
        "mutation { pauseVoting(input: {campaignId: \"<campaign>\", expectedRevision: 0}) { userErrors { code } } }",
        "!!FF-FU",
    ),
    (
        "Mutation",
        "resumeVoting",
        "mutation { resumeVoting(input: {campaignId: \"<campaign>\", expectedRevision: 0}) { userErrors { code } } }",
        "!!FF-FU",
    ),
    (
        "Mutation",
        "closeVoting",
        "mutation { closeVoting(input: {campaignId: \"<campaign>\", expectedRevision: 0}) { userErrors { code } } }",
        "!!FF-FU",
    ),
    (
        "Mutation",
        "publishResult",
        "mutation { publishResult(input: {campaignId: \"<campaign>\", expectedRevision: 0}) { userErrors { code } } }",
        "!!FF-FU",
    ),
    (
        "Mutation",
        "archiveCampaign",
        "mutation { archiveCampaign(input: {campaignId: \"<campaign>\", expectedRevision: 0}) { userErrors { code } } }",
        "!!FF-FU",
    ),
    (
        "Mutation",
        "deleteCampaign",
        "mutation { deleteCampaign(input: {campaignId: \"<campaign>\", expectedRevision: 0}) { userErrors { code } } }",
        "!!FF-FU",
    ),
    (
        "Mutation",
        "createNominee",
        "mutation { createNominee(input: {campaignId: \"<hidden>\", idempotencyKey: \"<key>\", categoryId: \"<category>\", name: \"x\", employer: \"x\"}) { userErrors { code } } }",
        "!!FF-FU",
    ),
    (
        "Mutation",
        "updateNominee",
        "mutation { updateNominee(input: {nomineeId: \"<nominee>\", expectedRevision: 0}) { userErrors { code } } }",
        "!!FF-FU",
    ),
    (
        "Mutation",
        "createStory",
        "mutation { createStory(input: {campaignId: \"<hidden>\", idempotencyKey: \"<key>\", title: \"\", body: \"x\"}) { userErrors { code } } }",
        "!!!F-FU",
    ),
    (
        "Mutation",
        "updateStory",
        "mutation { updateStory(input: {storyId: \"<unpublished>\", expectedRevision: 0}) { userErrors { code } } }",
        "!!!F-FU",
    ),
    (
        "Mutation",
        "submitStory",
        "mutation { submitStory(input: {storyId: \"<unpublished>\", expectedRevision: 0}) { userErrors { code } } }",
        "!!!F-FU",
    ),
    (
        "Mutation",
        "approveStory",
        "mutation { approveStory(input: {storyId: \"<unpublished>\", expectedRevision: 0}) { userErrors { code } } }",
        "!!!F-FU",
    ),
    (
        "Mutation",
        "rejectStory",
        "mutation { rejectStory(input: {storyId: \"<unpublished>\", expectedRevision: 0, reason: \"x\"}) { userErrors { code } } }",
        "!!!F-FU",
    ),
    (
        "Mutation",
        "scheduleStories",
        "mutation { scheduleStories(input: {campaignId: \"<hidden>\", storyIds: [], times: [\"09:00\"]}) { userErrors { code } } }",
        "!!!F-FU",
    ),
    (
        "Mutation",
        "publishStory",
        "mutation { publishStory(input: {storyId: \"<unpublished>\", expectedRevision: 0}) { userErrors { code } } }",
        "!!!F-FU",
    ),
    (
        "Mutation",
        "retractStory",
        "mutation { retractStory(input: {storyId: \"<unpublished>\", expectedRevision: 0}) { userErrors { code } } }",
        "!!!F-FU",
    ),
    (
        "Mutation",
        "setStoryCover",
        "mutation { setStoryCover(input: {storyId: \"<unpublished>\", expectedRevision: 0}) { userErrors { code } } }",
        "!!!F-FU",
    ),
    (
        "Mutation",
        "addStoryPicture",
        "mutation { addStoryPicture(input: {storyId: \"<unpublished>\", expectedRevision: 0, uploadId: \"<upload>\", title: \"\"}) { userErrors { code } } }",
        "!!!F-FU",
    ),
    (
        "Mutation",
        "removeStoryMedia",
        "mutation { removeStoryMedia(input: {storyId: \"<unpublished>\", expectedRevision: 0, url: \"x\"}) { userErrors { code } } }",
        "!!!F-FU",
    ),
    (
        "Mutation",
        "createUpload",
        "mutation { createUpload(input: {organisationId: \"<organisation>\", purpose: PICTURE, bytes: 0}) { userErrors { code } } }",
        "!!!F-FU",
    ),
    (
        "Mutation",
        "createExport",
        "mutation { createExport(input: {campaignId: \"<campaign>\", kind: TALLY, format: CSV, idempotencyKey: \"<key>\"}) { export { id } userErrors { code } } }",
        "++F+-FU",
    ),
    (
        "Mutation",
        "createExport",
        "mutation { createExport(input: {campaignId: \"<hidden>\", kind: BALLOTS, format: CSV, idempotencyKey: \"<key>\"}) { userErrors { code } } }",
        "!!F!-FU",
    ),
    (
        "Mutation",
        "createReport",
        "mutation { createReport(input: {campaignId: \"<campaign>\", idempotencyKey: \"<key>\"}) { userErrors { code } } }",
        "!!F!-FU",
    ),
    (
        "Mutation",
        "proposeWithholding",
        "mutation { proposeWithholding(input: {campaignId: \"<campaign>\", selection: {}, reason: \"x\"}) { userErrors { code } } }",
        "!!FF-FU",
    ),
    (
        "Mutation",
        "applyWithholding",
        "mutation { applyWithholding(input: {ruleId: \"<rule>\", expectedRevision: 0}) { userErrors { code } } }",
        "!!FF-FU",
    ),
    (
        "Mutation",
        "revertWithholding",
        "mutation { revertWithholding(input: {ruleId: \"<rule>\", expectedRevision: 0, reason: \"x\"}) { userErrors { code } } }",
        "!!FF-FU",
    ),
    (
        "Query",
        "campaign",
        "{ campaign(id: \"<campaign>\") { desk { withholdings { reason votes } } } }",
        "++-+---",
    ),
    (
        "Query",
        "campaign",
        "{ campaign(id: \"<campaign>\") { desk { withholding(id: \"<rule>\") { id } } } }",
        "++-+---",
    ),
    (
        "Query",
        "campaign",
        "{ campaign(id: \"<campaign>\") { desk { case(id: \"<case>\") { id } } } }",
        "++-+---",
    ),
    (
        "Query",
        "campaign",
        "{ campaign(id: \"<campaign>\") { desk { cases { state } } } }",
        "++-+---",
    ),
    (
        "Mutation",
        "dismissCase",
        "mutation { dismissCase(input: {caseId: \"<case>\", expectedRevision: 0, note: \"x\"}) { userErrors { code } } }",
        "!!FF-FU",
    ),
    (
        "Mutation",
        "reopenCase",
        "mutation { reopenCase(input: {caseId: \"<case>\", expectedRevision: 0}) { userErrors { code } } }",
        "!!FF-FU",
    ),
    (
        "Mutation",
        "setNomineePortrait",
        "mutation { setNomineePortrait(input: {nomineeId: \"<nominee>\", expectedRevision: 0}) { userErrors { code } } }",
        "!!FF-FU",
    ),
    (
        "Mutation",
        "setCampaignCover",
        "mutation { setCampaignCover(input: {campaignId: \"<campaign>\", expectedRevision: 0}) { userErrors { code } } }",
        "!!FF-FU",
    ),
    (
        "Mutation",
        "createImport",
        "mutation { createImport(input: {campaignId: \"<campaign>\", kind: NOMINEES, uploadId: \"<upload>\", idempotencyKey: \"<key>\"}) { userErrors { code } } }",
        "!!FF-FU",
    ),
    (
        "Mutation",
        "applyImport",
        "mutation { applyImport(input: {importId: \"<import>\", expectedRevision: 0}) { userErrors { code } } }",
        "!!FF-FU",
    ),
    (
        "Mutation",
        "freezeNominee",
        "mutation { freezeNominee(input: {nomineeId: \"<nominee>\", expectedRevision: 0}) { userErrors { code } } }",
        "!!FF-FU",
    ),
    (
        "Mutation",
        "unfreezeNominee",
        "mutation { unfreezeNominee(input: {nomineeId: \"<nominee>\", expectedRevision: 0}) { userErrors { code } } }",
        "!!FF-FU",
    ),
    (
        "Mutation",
        "withdrawNominee",
        "mutation { withdrawNominee(input: {nomineeId: \"<nominee>\", expectedRevision: 0}) { userErrors { code } } }",
        "!!FF-FU",
    ),
    (
        "Mutation",
        "restoreNominee",
        "mutation { restoreNominee(input: {nomineeId: \"<nominee>\", expectedRevision: 0}) { userErrors { code } } }",
        "!!FF-FU",
    ),
];

/// Path, an address of it that leads to what is not public, and the status for everybody: pages and files are of the
/// public, whoever asks.
const PATHS: &[(&str, &str, u16)] = &[
    (
        "/campaigns/{slug}/tally.json",
        "/campaigns/a-draft/tally.json",
        404,
    ),
    ("/graphql", "/graphql?query=%7BserverTime%7D", 200),
    ("/graphql/ws", "/graphql/ws", 426),
    (
        "/graphql/stream",
        "/graphql/stream?query=%7BserverTime%7D",
        200,
    ),
    ("/healthz", "/healthz", 200),
    ("/readyz", "/readyz", 200),
    ("/schema.graphql", "/schema.graphql", 200),
    ("/graphiql", "/graphiql", 200),
    ("/", "/", 200),
    ("/c/{slug}", "/c/a-draft", 404),
    ("/c/{slug}/qr.svg", "/c/a-draft/qr.svg", 404),
    ("/c/{slug}/n/{number}", "/c/a-draft/n/1", 404),
    ("/c/{slug}/n/{number}/qr.svg", "/c/a-draft/n/1/qr.svg", 404),
    (
        "/c/{slug}/n/{number}/poster.png",
        "/c/a-draft/n/1/poster.png",
        404,
    ),
    ("/c/{slug}/stories", "/c/a-draft/stories", 404),
    ("/c/{slug}/stories/{id}", "/c/a-draft/stories/<story>", 404),
    ("/c/{slug}/board", "/c/a-draft/board", 404),
    ("/c/{slug}/result", "/c/a-draft/result", 404),
    ("/pages/{name}", "/pages/nothing.js", 404),
    ("/media/{name}", "/media/nothing", 404),
    ("/uploads/{token}", "/uploads/nothing", 405),
    (
        "/desk/templates/{name}",
        "/desk/templates/nominees.csv",
        200,
    ),
    ("/desk/imports/{token}", "/desk/imports/nothing", 404),
    ("/desk", "/desk", 200),
    ("/desk/", "/desk/", 200),
    ("/desk/{*path}", "/desk/c/a-draft/stories/<story>", 200),
    ("/sign-in/{way}", "/sign-in/oidc", 404),
    ("/sign-in/{way}/callback", "/sign-in/oidc/callback", 200),
    ("/desk/session", "/desk/session", 405),
    ("/desk/session/refresh", "/desk/session/refresh", 405),
    ("/exports/{token}", "/exports/nothing", 404),
    ("/reports/{token}", "/reports/nothing", 404),
];

/// Everything that the tables name, and those who try it.
struct Scene {
    app: TestApp,
    /// In the order of the tables.
    audience: Vec<TestClient>,
    /// Names and ids.
    ids: Vec<(&'static str, String)>,
    /// A story of the draft.
    story: Arc<Story>,
}

impl Scene {
    async fn start(stores: &Stores) -> Self {
        let app = TestApp::builder(stores).start().await;
        let now = app.clock.now();
        let draft = Sample::insert(&app.database, now, |campaign| {
            "a-draft".clone_into(&mut campaign.slug);
            campaign.lifecycle = Lifecycle::Draft;
        })
        .await;
        let hidden = Sample::insert(&app.database, now, |campaign| {
            "hidden".clone_into(&mut campaign.slug);
            campaign.tally_visibility = TallyVisibility::StaffOnly;
        })
        .await;
        let story = draft.insert_story(&app.database, Some(0), "Out", now).await;
        let stored = story::list_by_ids(&app.database, vec![story.0]).await;
        let stored = stored.expect("it is read").stories.remove(0);
        let later = now + TimeDelta::hours(1);
        let unpublished = hidden.insert_story(&app.database, Some(0), "Later", later);
        let unpublished = unpublished.await;
        app.refresh().await;
        let nominee = hidden.nominee_id(0);
        app.voter().vote(&nominee).await.expect_counted();
        let other = organisation(&app, "other").await;
        let mut audience = Vec::new();
        for role in StaffRole::ALL {
            audience.push(app.member(role).await);
        }
        let stranger = app.member_of(other, StaffRole::Owner).await;
        let strangers_id = stranger.viewer().staff().expect("staff");
        let first = audience[0].viewer().staff().expect("staff");
        audience.extend([stranger, known_voter(&app).await, app.anonymous().clone()]);
        let sample = sample_organisation(&app.database).await;
        let mut ids = vec![
            ("campaign", draft.campaign_id()),
            ("hidden", hidden.campaign_id()),
            ("category", draft.category_id(0)),
            ("nominee", draft.nominee_id(0)),
            ("story", global(GlobalId::Story(story))),
            ("unpublished", global(GlobalId::Story(unpublished))),
            ("organisation", global(GlobalId::Organisation(sample))),
            ("key", uuid::Uuid::new_v4().to_string()),
            ("first", global(GlobalId::Staff(first))),
            ("upload", global(GlobalId::Upload(UploadId::new()))),
            ("import", make_import(&app, &draft, first).await),
            ("stranger", global(GlobalId::Staff(strangers_id))),
            ("rule", make_rule(&app, &draft).await),
            ("case", make_case(&app, &draft).await),
        ];
        ids.extend(Self::make_records(&audience[0], &ids).await);
        Self {
            app,
            audience,
            ids,
            story: Arc::new(stored),
        }
    }

    /// An event, an invitation that is open, one that was revoked, and the address of a member.
    async fn make_records(
        owner: &TestClient,
        ids: &[(&'static str, String)],
    ) -> Vec<(&'static str, String)> {
        let of = |name| ids.iter().find(|(known, _)| *known == name);
        let organisation = &of("organisation").expect("known").1;
        let invite = "mutation($input: InviteStaffInput!) { inviteStaff(input: $input) { invitation { id } } }";
        let mut invitations = Vec::new();
        for email in ["open@example.com", "revoked@example.com"] {
            let input = json!({"organisationId": organisation, "email": email, "role": "EDITOR"});
            let data = owner.ask(invite, json!({"input": input})).await;
            let id = data["inviteStaff"]["invitation"]["id"].as_str();
            invitations.push(id.expect("an id").to_owned());
        }
        let revoke = "mutation($input: RevokeInvitationInput!) { revokeInvitation(input: $input) { userErrors { code } } }";
        let input = json!({"organisationId": organisation, "invitationId": invitations[1]});
        owner.ask(revoke, json!({"input": input})).await;
        let query = "query($id: ID) { organisation(id: $id) { auditEvents(first: 1) { nodes { id } } members { staff { email } } } }";
        let data = owner.ask(query, json!({"id": organisation})).await;
        let organisation = &data["organisation"];
        let event = organisation["auditEvents"]["nodes"][0]["id"].as_str();
        let email = organisation["members"][0]["staff"]["email"].as_str();
        vec![
            ("event", event.expect("an event").to_owned()),
            ("revoked", invitations[1].clone()),
            ("email", email.expect("an address").to_owned()),
        ]
    }

    fn fill(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (name, id) in &self.ids {
            text = text.replace(&format!("<{name}>"), id);
        }
        assert!(!text.contains('<'), "{text}");
        text
    }

    /// What comes of an operation: see [`FIELDS`].
    async fn try_it(&self, client: &TestClient, root: &str, field: &str, document: &str) -> char {
        let response = if root == "Subscription" {
            first_of(&self.app, &self.story, client, document).await
        } else {
            client.send_patiently(document, &json!({})).await
        };
        match response["errors"][0]["extensions"]["code"].as_str() {
            Some("NOT_FOUND") => return '-',
            Some("FORBIDDEN") => return 'F',
            Some("UNAUTHENTICATED") => return 'U',
            Some(code) => panic!("{field}: {code}: {response}"),
            None => {}
        }
        let answer = &response["data"][field];
        let has_refusal = answer["userErrors"][0].is_object();
        match answer {
            _ if has_refusal => '!',
            answer if has_something(answer) => '+',
            _ => '-',
        }
    }
}

/// A voter who has signed in: nobody else can be handed over.
async fn known_voter(app: &TestApp) -> TestClient {
    let kind = IdentityKind::WechatMiniProgram;
    let identity = Identity {
        hash: &[1; 32],
        kind: Some(kind),
    };
    let signed_in = voter::sign_in(&app.database, &[identity], None, app.clock.now()).await;
    let id = signed_in.expect("the database answers").id;
    let kinds = kind.into();
    app.client_of(Viewer::Voter {
        id,
        kinds,
        is_suspicious: false,
    })
}

/// A rule of the draft that is proposed.
async fn make_rule(app: &TestApp, draft: &Sample) -> String {
    let rule = WithholdingRule {
        id: WithholdingRuleId::new(),
        campaign_id: draft.campaign.id,
        kind: RuleKind::Selected,
        selector: Selector::default(),
        case_id: None,
        reason: "x".to_owned(),
        state: RuleState::Draft,
        is_active: false,
        proposed_votes: 0,
        needs_number: false,
        created_by: None,
        created_at: app.clock.now(),
        approved_by: None,
        approved_at: None,
        reverted_by: None,
        reverted_at: None,
        revert_reason: None,
        edit_revision: 1,
        votes: 0,
        pass_started_at: None,
        pass_ended_at: None,
    };
    let mut tx = app.database.begin("test").await.expect("it begins");
    let made = withholding::insert(&mut tx, &rule, 1).await;
    assert!(made.expect("the database answers"));
    tx.commit().await.expect("it commits");
    global(GlobalId::WithholdingRule(rule.id))
}

/// A case of the draft without alarms.
async fn make_case(app: &TestApp, draft: &Sample) -> String {
    let case = SignalCase {
        id: SignalCaseId::new(),
        campaign_id: draft.campaign.id,
        state: CaseState::Open,
        is_current: true,
        alarms: Vec::new(),
        found_at: app.clock.now(),
        grown_at: app.clock.now(),
        note: None,
        decided_by: None,
        decided_at: None,
        edit_revision: 1,
    };
    let id = case.id;
    let changes = CaseChanges {
        new: vec![case],
        ..CaseChanges::default()
    };
    let mut tx = app.database.begin("test").await.expect("it begins");
    let stored = signals::store_changes(&mut tx, &changes).await;
    stored.expect("the database answers");
    tx.commit().await.expect("it commits");
    global(GlobalId::SignalCase(id))
}

/// An import of the draft that nobody has read.
async fn make_import(app: &TestApp, draft: &Sample, staff_id: StaffId) -> String {
    let link = app.create_upload(staff_id, UploadPurpose::Sheet, 1).await;
    let link = link.expect("the database answers").expect("a link");
    let job = NewImportJob {
        id: ImportId::new(),
        campaign_id: draft.campaign.id,
        staff_id,
        kind: ImportKind::Nominees,
        upload_id: link.id,
        created_at: app.clock.now(),
    };
    let mut tx = app.database.begin("test").await.expect("it begins");
    let made = import_job::insert(&mut tx, &job, 1).await;
    assert!(made.expect("the database answers"));
    tx.commit().await.expect("it commits");
    global(GlobalId::Import(job.id))
}

/// The first event of a subscription, or its refusal. A story comes out again and again meanwhile.
async fn first_of(app: &TestApp, story: &Arc<Story>, client: &TestClient, document: &str) -> Value {
    let mut socket = client.socket().await;
    socket.subscribe("1", document, json!({})).await;
    until("an event or a refusal", async || {
        let _ = app.published_stories.send(Arc::clone(story));
        let message = timeout(Duration::from_millis(50), socket.next())
            .await
            .ok()?;
        match message["type"].as_str() {
            Some("next") => Some(message["payload"].clone()),
            Some("error") => Some(json!({"errors": message["payload"]})),
            _ => None,
        }
    })
    .await
}

/// Whether an answer has anything in it but nulls and empty lists.
fn has_something(answer: &Value) -> bool {
    match answer {
        Value::Null => false,
        Value::Array(values) => values.iter().any(has_something),
        Value::Object(values) => values.iter().any(|(name, value)| {
            name != "userErrors" && has_something(value)
                || values.len() == 1 && name == "userErrors"
        }),
        _ => true,
    }
}

async fn every_field_gives_each_role_what_it_may_have(stores: Stores) {
    let scene = Box::pin(Scene::start(&stores)).await;
    let mut wrong = Vec::new();
    for (root, field, document, expected) in FIELDS {
        let document = scene.fill(document);
        let mut found = String::new();
        for client in &scene.audience {
            found.push(scene.try_it(client, root, field, &document).await);
        }
        if found != *expected {
            wrong.push(format!("{found} and not {expected}: {document}"));
        }
    }
    for (path, address, expected) in PATHS {
        let address = scene.fill(address);
        for client in &scene.audience {
            let request = client.request_of(Method::GET, &address);
            let status = request.send().await.expect("an answer").status().as_u16();
            if status != *expected {
                wrong.push(format!("{status} and not {expected}: {path}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // Each kind of refused attempt of a member is an entry of the log, once an hour.
    let refused = "SELECT COUNT(*) FROM audit_event WHERE action = 'access.refused'";
    let before = stores.count(refused).await;
    // Both are edits of the story as `updateStory` is: one entry for the three.
    let is_its_own = |field| !["addStoryPicture", "removeStoryMedia"].contains(&field);
    let desk = FIELDS
        .iter()
        .filter(|row| row.0 == "Mutation" && row.3.as_bytes()[4] == b'-' && is_its_own(row.1));
    let expected: usize = desk.map(|row| row.3[..4].matches('F').count()).sum();
    assert_eq!(usize::try_from(before), Ok(expected));
    let document = scene.fill(
        FIELDS
            .iter()
            .find(|row| row.1 == "grantRole")
            .expect("it is there")
            .2,
    );
    scene
        .try_it(&scene.audience[2], "Mutation", "grantRole", &document)
        .await;
    assert_eq!(stores.count(refused).await, before);
}

#[test]
fn every_field_and_path_is_in_the_tables() {
    let sdl = acclaim::graphql::sdl();
    let mut fields = BTreeSet::new();
    for root in ["Query", "Mutation", "Subscription"] {
        let start = sdl.find(&format!("\ntype {root} {{")).expect("the root");
        let body = &sdl[start..];
        let body = &body[..body.find("\n}").expect("its end")];
        // Fields stand one tab deep, their arguments deeper; descriptions are in quotes.
        let mut is_text = false;
        for line in body.lines().filter(|line| line.starts_with('\t')) {
            let quotes = line.matches("\"\"\"").count();
            is_text ^= quotes == 1;
            if is_text || quotes > 0 || line.starts_with("\t\t") {
                continue;
            }
            let name = line.trim().split(['(', ':']).next().unwrap_or_default();
            if !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
                fields.insert((root, name.to_owned()));
            }
        }
    }
    assert!(fields.len() > 50, "{fields:?}");
    let listed: BTreeSet<_> = FIELDS.iter().map(|row| (row.0, row.1.to_owned())).collect();
    assert_eq!(listed, fields);
    let mut routes = BTreeSet::new();
    for file in [
        "server.rs",
        "desk.rs",
        "sign_in.rs",
        "graphiql.rs",
        "pages/mod.rs",
    ] {
        let path = format!("{}/src/http/{file}", env!("CARGO_MANIFEST_DIR"));
        let source = std::fs::read_to_string(path).expect("a source");
        let source: String = source.split_whitespace().collect::<Vec<_>>().join(" ");
        for rest in source
            .split(".route( \"")
            .chain(source.split(".route(\""))
            .skip(1)
        {
            let route = rest.split('"').next().expect("a path");
            if route.starts_with('/') && !route.contains(' ') {
                routes.insert(route.to_owned());
            }
        }
    }
    // The files of the explorer are of one kind.
    routes.retain(|route| !route.starts_with("/graphiql/"));
    let listed: BTreeSet<_> = PATHS.iter().map(|row| row.0.to_owned()).collect();
    assert_eq!(listed, routes);
}

/// What nobody has signed up for is not seen by who has signed up elsewhere.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_owner_without_the_second_factor_that_is_asked_for_may_nothing() {
    let stores = Stores::embedded();
    let scene = Box::pin(Scene::start(&stores)).await;
    let owner = sign_up(&scene.app, "sample", "boss@example.com", "OWNER").await;
    let update = "mutation($input: UpdateOrganisationInput!) { updateOrganisation(input: $input) {
        organisation { requiresSecondFactor } userErrors { code } } }";
    let input = json!({"organisationId": scene.fill("<organisation>"), "expectedRevision": 1, "requiresSecondFactor": true});
    let data = owner.client.ask(update, json!({"input": input})).await;
    assert_eq!(
        data["updateOrganisation"]["organisation"]["requiresSecondFactor"],
        json!(true)
    );
    let query =
        "{ campaign(slug: \"a-draft\") { id } viewer { memberships { lacksSecondFactor role } } }";
    let data = owner.client.ask(query, json!({})).await;
    assert_eq!(data["campaign"], Value::Null);
    assert_eq!(
        data["viewer"]["memberships"][0],
        json!({"lacksSecondFactor": true, "role": "OWNER"})
    );
    assert_eq!(
        owner.client.fail(update, json!({"input": input})).await,
        "FORBIDDEN"
    );
    owner.enrol(&scene.app).await;
    scene.app.refresh().await;
    let data = owner.client.ask(query, json!({})).await;
    assert!(data["campaign"]["id"].is_string());
    assert_eq!(
        data["viewer"]["memberships"][0]["lacksSecondFactor"],
        json!(false)
    );
}
