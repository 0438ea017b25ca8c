//! The lists of the API, each with an operation that reads it: for a test that walks them in a large campaign, and for
//! the benchmark of prices.

/// A list field as `Type.field`, with an operation that reads it. Its variables are `$campaign`, `$category`,
/// `$nominee` (ids), `$campaigns` and `$nominees` (100 ids each, the campaign's a hundred times).
pub const LIST_FIELDS: &[(&str, &str)] = &[
    (
        "Query.campaigns",
        "{ campaigns(first: 100) { totalCount nodes { id title phase } } }",
    ),
    (
        "Query.nodes",
        "query($nominees: [ID!]!) { nodes(ids: $nominees) { id ... on Nominee { name votes likeCount } } }",
    ),
    (
        "Query.nodes",
        "query($campaigns: [ID!]!) { nodes(ids: $campaigns) { ... on Campaign { nominees(first: 1, search: \"x\") { totalCount } } } }",
    ),
    (
        "Query.nominees",
        "query($campaign: ID!) { nominees(campaignId: $campaign, first: 100) { totalCount nodes { id number name employer } } }",
    ),
    (
        "Query.nominees",
        "query($campaign: ID!, $category: ID) { nominees(campaignId: $campaign, first: 1, category: $category, orderBy: VOTES) { totalCount } }",
    ),
    (
        "Query.nominees",
        "query($campaign: ID!) { nominees(campaignId: $campaign, last: 1) { totalCount } }",
    ),
    (
        "Query.nominees",
        "query($campaign: ID!) { nominees(campaignId: $campaign, first: 1, search: \"x\") { totalCount } }",
    ),
    (
        "Campaign.nominees",
        "query($campaign: ID!) { campaign(id: $campaign) { nominees(first: 1, orderBy: SHUFFLED) { totalCount } } }",
    ),
    (
        "Campaign.nominees",
        "query($campaign: ID!) { campaign(id: $campaign) {
            nominees(first: 100, orderBy: VOTES) { edges { cursor node { id votes rank viewCount } } } } }",
    ),
    (
        "Campaign.categories",
        "query($campaign: ID!) { campaign(id: $campaign) { categories { id name nomineeCount } } }",
    ),
    (
        "Campaign.stories",
        "query($campaign: ID!) { campaign(id: $campaign) { stories(first: 100) { nodes { id title nominee { name } } } } }",
    ),
    (
        "Campaign.viewerQuotas",
        "query($campaign: ID!) { campaign(id: $campaign) { viewerQuotas { limit used remaining } } }",
    ),
    (
        "Query.stories",
        "{ stories(first: 100) { nodes { id title summary likeCount } } }",
    ),
    (
        "Story.media",
        "{ stories(first: 100) { nodes { media { url } } } }",
    ),
    (
        "Nominee.stories",
        "query($campaign: ID!) { nominees(campaignId: $campaign, first: 100) { nodes { stories(first: 5) { nodes { id title } } } } }",
    ),
    (
        "Tally.entries",
        "query($campaign: ID!) { campaign(id: $campaign) { tally { version entries { rank votes nominee { name } } } } }",
    ),
    (
        "Query.signInWays",
        "{ signInWays { kind name path } }",
    ),
    (
        "Viewer.identities",
        "{ viewer { identities { kind since } } }",
    ),
    (
        "Viewer.votes",
        "{ viewer { votes(first: 100) { nodes { at subject campaign } } } }",
    ),
    (
        "Viewer.likes",
        "{ viewer { likes(first: 100) { nodes { at subject campaign } } } }",
    ),
    (
        "VotingRules.admits",
        "query($campaign: ID!) { campaign(id: $campaign) { rules { admits } } }",
    ),
    (
        "Campaign.amendments",
        "query($campaign: ID!) { campaign(id: $campaign) { amendments { at reason } } }",
    ),
    (
        "Amendment.changes",
        "query($campaign: ID!) { campaign(id: $campaign) { amendments { changes { field before after } } } }",
    ),
    (
        "CampaignDesk.nominees",
        "query($campaign: ID!) { campaign(id: $campaign) { desk { nominees(first: 100) { totalCount nodes { id status } } } } }",
    ),
    (
        "CampaignDesk.imports",
        "query($campaign: ID!) { campaign(id: $campaign) { desk { imports(first: 100) { nodes { id status creates } } } } }",
    ),
    (
        "Import.rows",
        "query($campaign: ID!) { campaign(id: $campaign) { desk { imports(first: 1) { nodes {
            rows(first: 100) { nodes { number change label } } } } } } }",
    ),
    (
        "Import.unknownColumns",
        "query($campaign: ID!) { campaign(id: $campaign) { desk { imports { nodes { unknownColumns } } } } }",
    ),
    (
        "ImportRow.changedFields",
        "query($campaign: ID!) { campaign(id: $campaign) { desk { imports(first: 1) { nodes {
            rows { nodes { changedFields } } } } } } }",
    ),
    (
        "ImportRow.faults",
        "query($campaign: ID!) { campaign(id: $campaign) { desk { imports(first: 1) { nodes {
            rows(onlyFaulty: true) { nodes { faults { field code message } } } } } } } }",
    ),
    (
        "CampaignDesk.stories",
        "query($campaign: ID!) { campaign(id: $campaign) { desk { stories(first: 100) { nodes { id desk { state author { name } } } } } } }",
    ),
    (
        "CampaignDesk.votersByWay",
        "query($campaign: ID!) { campaign(id: $campaign) { desk { votersByWay { kind voters } } } }",
    ),
    (
        "CampaignDesk.turnout",
        "query($campaign: ID!) { campaign(id: $campaign) { desk { turnout(by: MINUTE) { at votes page other } } } }",
    ),
    (
        "CampaignDesk.exports",
        "query($campaign: ID!) { campaign(id: $campaign) { desk { exports { id status url } } } }",
    ),
    (
        "CampaignDesk.withholdings",
        "query($campaign: ID!) { campaign(id: $campaign) { desk { withholdings { id reason createdBy } } } }",
    ),
    (
        "WithholdingSelection.nominees",
        "query($campaign: ID!) { campaign(id: $campaign) { desk { withholdings(first: 2) { selection { nominees { id } } } } } }",
    ),
    (
        "WithholdingSelection.networks",
        "query($campaign: ID!) { campaign(id: $campaign) { desk { withholdings { selection { networks } } } } }",
    ),
    (
        "WithholdingSelection.networkBlocks",
        "query($campaign: ID!) { campaign(id: $campaign) { desk { withholdings { selection { networkBlocks } } } } }",
    ),
    (
        "WithholdingSelection.phoneModels",
        "query($campaign: ID!) { campaign(id: $campaign) { desk { withholdings { selection { phoneModels } } } } }",
    ),
    (
        "WithholdingSelection.behaviours",
        "query($campaign: ID!) { campaign(id: $campaign) { desk { withholdings { selection { behaviours } } } } }",
    ),
    (
        "WithholdingEffect.nominees",
        "query($campaign: ID!) { campaign(id: $campaign) { desk { withholdings(first: 1) { effect { nominees { votes } } } } } }",
    ),
    (
        "CampaignDesk.cases",
        "query($campaign: ID!) { campaign(id: $campaign) { desk { cases { id note } } } }",
    ),
    (
        "CampaignDesk.signals",
        "query($campaign: ID!) { campaign(id: $campaign) { desk { signals { kind sentence } } } }",
    ),
    (
        "SignalCase.signals",
        "query($campaign: ID!) { campaign(id: $campaign) { desk { cases { signals { kind sentence } } } } }",
    ),
    (
        "SignalCase.rules",
        "query($campaign: ID!) { campaign(id: $campaign) { desk { cases { rules { id votes } } } } }",
    ),
    (
        "Signal.nominees",
        "query($campaign: ID!) { campaign(id: $campaign) { desk { signals { nominees { id } } } } }",
    ),
    (
        "Signal.points",
        "query($campaign: ID!) { campaign(id: $campaign) { desk { cases(first: 1) { signals { points { at votes } } } } } }",
    ),
    (
        "Signal.findings",
        "query($campaign: ID!) { campaign(id: $campaign) { desk { cases { signals { findings { behaviour } } } } } }",
    ),
    (
        "Signal.offers",
        "query($campaign: ID!) { campaign(id: $campaign) { desk { cases { signals { offers { id } } } } } }",
    ),
    (
        "CampaignDesk.voteGroups",
        "query($campaign: ID!) { campaign(id: $campaign) { desk { voteGroups(by: NETWORK) { key votes } } } }",
    ),
    (
        "Campaign.withholdings",
        "query($campaign: ID!) { campaign(id: $campaign) { withholdings { reason votes } } }",
    ),
    ("Query.organisations", "{ organisations { id slug } }"),
    (
        "Viewer.memberships",
        "{ viewer { memberships { role organisation { slug } } } }",
    ),
    (
        "Membership.rights",
        "{ viewer { memberships { rights } } }",
    ),
    (
        "Organisation.members",
        "{ organisation(slug: \"sample\") { members { role staff { name } } } }",
    ),
    (
        "Organisation.invitations",
        "{ organisation(slug: \"sample\") { invitations { email role } } }",
    ),
    (
        "Organisation.campaigns",
        "{ organisation(slug: \"sample\") { campaigns(first: 100) { nodes { id title } } } }",
    ),
    (
        "Organisation.auditEvents",
        "{ organisation(slug: \"sample\") { auditEvents(first: 20) { nodes { at action subject { id } } } } }",
    ),
    (
        "AuditEvent.changes",
        "{ organisation(slug: \"sample\") { auditEvents(first: 100) { nodes { changes { field before after } } } } }",
    ),
];
