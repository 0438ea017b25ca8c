// Written by operations.js from operations.graphql and schema.graphql.

/** A document with its SHA-256, by which the server knows it; what it answers and takes. */
export interface Operation<Result, Variables> {
  id: string;
  text: string;
  /** Never there: carries the types. */
  types?: (variables: Variables) => Result;
}

export type Maybe<T> = T | null;
export type InputMaybe<T> = Maybe<T>;
export type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
export type MakeOptional<T, K extends keyof T> = Omit<T, K> & { [SubKey in K]?: Maybe<T[SubKey]> };
export type MakeMaybe<T, K extends keyof T> = Omit<T, K> & { [SubKey in K]: Maybe<T[SubKey]> };
export type MakeEmpty<T extends { [key: string]: unknown }, K extends keyof T> = { [_ in K]?: never };
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  /** A moment in UTC as RFC 3339 has it, with milliseconds: "2022-10-25T01:02:03.456Z". */
  DateTime: { input: string; output: string; }
  /** A whole number between -2^53 and 2^53, as a JSON number. */
  Long: { input: number; output: number; }
  /**
   * A UUID is a unique 128-bit number, stored as 16 octets. UUIDs are parsed as
   * Strings within GraphQL. UUIDs are used to assign unique identifiers to
   * entities without requiring a central allocating authority.
   *
   * # References
   *
   * * [Wikipedia: Universally Unique Identifier](http://en.wikipedia.org/wiki/Universally_unique_identifier)
   * * [RFC4122: A Universally Unique Identifier (UUID) URN Namespace](http://tools.ietf.org/html/rfc4122)
   */
  UUID: { input: string; output: string; }
};

/** Where a campaign stands, by the server's clock. */
export type CampaignPhase =
  /** Being prepared; seen by staff only. */
  | 'DRAFT'
  /** Announced; voting has not opened. */
  | 'UPCOMING'
  /** Voting is open. */
  | 'VOTING'
  /** Voting has closed; the result is not out. */
  | 'ENDED'
  /** The result is out. */
  | 'PUBLISHED'
  /** Kept for the record. */
  | 'ARCHIVED';

/** What `castBallot` is to do. */
export type CastBallotInput = {
  /** The campaign. */
  campaignId: Scalars['ID']['input'];
  /** Whom to vote for, each once, at most 100. */
  nomineeIds: Array<Scalars['ID']['input']>;
  /** Your name for this ballot, a fresh UUID, as for `castVote`. */
  idempotencyKey?: InputMaybe<Scalars['UUID']['input']>;
};

/** Why a cast was refused. */
export type CastVoteErrorCode =
  /** The voter has voted for this nominee in this period. */
  | 'ALREADY_VOTED'
  /** The voter has too few votes left in this period. */
  | 'QUOTA_SPENT'
  /** Voting has not opened. */
  | 'VOTING_NOT_OPEN'
  /** Voting has closed. */
  | 'VOTING_CLOSED'
  /** There is no such nominee. */
  | 'NOMINEE_NOT_FOUND'
  /** The nominee is shown, but cannot be voted for. */
  | 'NOMINEE_FROZEN'
  /** The campaign does not admit this kind of voter. */
  | 'NOT_ELIGIBLE'
  /** The idempotency key belongs to another vote of the voter. */
  | 'IDEMPOTENCY_KEY_REUSED';

/** What `castVote` is to do. */
export type CastVoteInput = {
  /** Whom to vote for. */
  nomineeId: Scalars['ID']['input'];
  /**
   * Your name for this vote, a fresh UUID. Sent again with the same key, the vote counts once and gets the same answer:
   * that makes retries safe.
   */
  idempotencyKey?: InputMaybe<Scalars['UUID']['input']>;
};

/** What a medium is. */
export type MediaKind =
  /** A picture. */
  | 'IMAGE'
  /** A film. */
  | 'VIDEO'
  /** A recording. */
  | 'AUDIO';

/** A platform that mini-programs run on. */
export type MiniProgramPlatform =
  /** WeChat (微信). */
  | 'WECHAT';

/** The order of a list of nominees. */
export type NomineeOrder =
  /** By number. */
  | 'NUMBER'
  /** By votes, most first; only where the viewer may see the tally. */
  | 'VOTES'
  /** At random, and fair: the same for a viewer all day long. */
  | 'SHUFFLED';

/** Whether a nominee is shown and can be voted for. */
export type NomineeStatus =
  /** Shown, and can be voted for. */
  | 'ACTIVE'
  /** Shown, and cannot be voted for. */
  | 'FROZEN'
  /** Not shown. */
  | 'WITHDRAWN';

/** How long a quota of votes lasts. */
export type QuotaPeriod =
  /** Granted anew at midnight in the campaign's time zone. */
  | 'DAY'
  /** Granted once. */
  | 'CAMPAIGN';

/** What a quota of votes counts in. */
export type QuotaScope =
  /** One quota for the whole campaign. */
  | 'CAMPAIGN'
  /** One quota for each category. */
  | 'CATEGORY';

/** Why `recordViews` did not count a subject. */
export type RecordViewsErrorCode =
  /** There is no such nominee or story. */
  | 'SUBJECT_NOT_FOUND';

/** What `recordViews` is to count. */
export type RecordViewsInput = {
  /** Nominees and stories that were viewed, 1 to 20; one that is named twice counts twice. */
  subjectIds: Array<Scalars['ID']['input']>;
  /**
   * Your name for this report, a fresh UUID. Sent again with the same key within a day, it counts once: that makes
   * retries safe.
   */
  idempotencyKey?: InputMaybe<Scalars['UUID']['input']>;
};

/** What `refreshSession` needs. */
export type RefreshSessionInput = {
  /** The refresh token: good once. */
  refreshToken: Scalars['String']['input'];
};

/** Why `setLike` was refused. */
export type SetLikeErrorCode =
  /** There is no such nominee or story. */
  | 'SUBJECT_NOT_FOUND';

/** What `setLike` is to do. */
export type SetLikeInput = {
  /** The nominee or story. */
  subjectId: Scalars['ID']['input'];
  /** Whether the viewer likes it from now on. */
  liked: Scalars['Boolean']['input'];
};

/** Why signing in was refused. */
export type SignInErrorCode =
  /** The login code is unknown, expired or used: get a new one. */
  | 'INVALID_CODE'
  /** The platform blocks the account. */
  | 'HIGH_RISK'
  /** Too many sign-ins for the platform: try again in a minute. */
  | 'PLATFORM_BUSY'
  /** The platform does not answer: try again shortly, with a new code. */
  | 'PLATFORM_UNAVAILABLE'
  /** This server is not set up for the platform. */
  | 'PLATFORM_NOT_CONFIGURED'
  /** No campaign admits guests. */
  | 'GUESTS_NOT_ADMITTED'
  /** E-mail or password is wrong. */
  | 'INVALID_CREDENTIALS'
  /** Too many failures: try again in 15 minutes. */
  | 'TOO_MANY_ATTEMPTS'
  /** The refresh token is unknown, expired, revoked or used: sign in again. */
  | 'INVALID_REFRESH_TOKEN';

/** What `signInGuest` needs. */
export type SignInGuestInput = {
  /** A text that the client makes at random once and keeps: 16 to 128 visible ASCII characters. */
  deviceId: Scalars['String']['input'];
};

/** What `signInMiniProgram` needs. */
export type SignInMiniProgramInput = {
  /** The platform. */
  platform: MiniProgramPlatform;
  /** The login code that the platform gave the mini-program (`wx.login`): good once, for five minutes. */
  code: Scalars['String']['input'];
};

/** What `signInStaff` needs. */
export type SignInStaffInput = {
  /** The account's e-mail address. */
  email: Scalars['String']['input'];
  /** Its password. */
  password: Scalars['String']['input'];
};

/** What `signOut` needs. */
export type SignOutInput = {
  /** The refresh token of the session to end. */
  refreshToken: Scalars['String']['input'];
};

/** The format of a story's text. */
export type StoryFormat =
  /** Markdown (`CommonMark`), as it was written. */
  | 'MARKDOWN'
  /** HTML without scripts, styles or foreign tags. */
  | 'HTML';

/** Who sees the tally when. */
export type TallyVisibility =
  /** Everybody, at all times. */
  | 'LIVE'
  /** Everybody, once voting has closed. */
  | 'AFTER_CLOSE'
  /** Staff only. */
  | 'STAFF_ONLY';

/** What a viewer is. */
export type ViewerRole =
  /** One who votes. */
  | 'VOTER'
  /** One who works for the organiser. */
  | 'STAFF';

export type QuotaPartsFragment = { limit: number, used: number, remaining: number, resetsAt: string | null, category: { id: string } | null };

export type NomineeCardFragment = { id: string, number: number, name: string, employer: string, city: string | null, title: string | null, portraitUrl: string | null, status: NomineeStatus, votes: number | null, viewerHasVoted: boolean | null, category: { id: string } };

export type StoryCardFragment = { id: string, title: string, summary: string, coverUrl: string | null, publishedAt: string, likeCount: number, viewerHasLiked: boolean | null, nominee: { number: number, name: string } | null };

export type CampaignQueryVariables = Exact<{
  slug: Scalars['String']['input'];
}>;


export type CampaignQuery = { serverTime: string, campaign: { id: string, title: string, summary: string, timeZone: string, phase: CampaignPhase, votingOpensAt: string, votingClosesAt: string, rules: { period: QuotaPeriod, scope: QuotaScope, votesPerPeriod: number, tallyVisibility: TallyVisibility, guestsMayVote: boolean }, categories: Array<{ id: string, key: string, name: string, shortlistSize: number, nomineeCount: number }>, viewerQuotas: Array<{ limit: number, used: number, remaining: number, resetsAt: string | null, category: { id: string } | null }> | null } | null };

export type NomineesQueryVariables = Exact<{
  slug: Scalars['String']['input'];
  first: Scalars['Int']['input'];
  after?: InputMaybe<Scalars['String']['input']>;
  category?: InputMaybe<Scalars['ID']['input']>;
  search?: InputMaybe<Scalars['String']['input']>;
  orderBy: NomineeOrder;
}>;


export type NomineesQuery = { campaign: { nominees: { totalCount: number, nodes: Array<{ id: string, number: number, name: string, employer: string, city: string | null, title: string | null, portraitUrl: string | null, status: NomineeStatus, votes: number | null, viewerHasVoted: boolean | null, category: { id: string } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } } | null };

export type NomineeQueryVariables = Exact<{
  slug: Scalars['String']['input'];
  number: Scalars['Int']['input'];
}>;


export type NomineeQuery = { campaign: { nominee: { summary: string, rank: number | null, likeCount: number, viewCount: number, viewerHasLiked: boolean | null, id: string, number: number, name: string, employer: string, city: string | null, title: string | null, portraitUrl: string | null, status: NomineeStatus, votes: number | null, viewerHasVoted: boolean | null, stories: { nodes: Array<{ id: string, title: string, summary: string, coverUrl: string | null, publishedAt: string, likeCount: number, viewerHasLiked: boolean | null, media: Array<{ kind: MediaKind, url: string, title: string }>, nominee: { number: number, name: string } | null }> }, category: { id: string } } | null } | null };

export type StoriesQueryVariables = Exact<{
  slug: Scalars['String']['input'];
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
}>;


export type StoriesQuery = { campaign: { id: string, stories: { edges: Array<{ cursor: string, node: { id: string, title: string, summary: string, coverUrl: string | null, publishedAt: string, likeCount: number, viewerHasLiked: boolean | null, nominee: { number: number, name: string } | null } }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, endCursor: string | null } } } | null };

export type StoryQueryVariables = Exact<{
  id: Scalars['ID']['input'];
}>;


export type StoryQuery = { story: { body: string, viewCount: number, id: string, title: string, summary: string, coverUrl: string | null, publishedAt: string, likeCount: number, viewerHasLiked: boolean | null, media: Array<{ kind: MediaKind, url: string, title: string }>, nominee: { number: number, name: string } | null } | null };

export type BoardQueryVariables = Exact<{
  slug: Scalars['String']['input'];
}>;


export type BoardQuery = { serverTime: string, campaign: { id: string, title: string, timeZone: string, phase: CampaignPhase, votingOpensAt: string, votingClosesAt: string, rules: { tallyVisibility: TallyVisibility }, categories: Array<{ id: string, key: string, name: string, shortlistSize: number, nomineeCount: number }>, tally: { version: number, asOf: string, rawVotes: number, countedVotes: number, withheldVotes: number, voters: number, entries: Array<{ votes: number, rank: number, nominee: { number: number } }> } | null } | null };

export type RosterQueryVariables = Exact<{
  slug: Scalars['String']['input'];
  first: Scalars['Int']['input'];
  after?: InputMaybe<Scalars['String']['input']>;
}>;


export type RosterQuery = { campaign: { nominees: { nodes: Array<{ number: number, name: string, employer: string, category: { id: string } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } } | null };

export type BoardTallyFragment = { version: number, asOf: string, rawVotes: number, countedVotes: number, withheldVotes: number, voters: number, entries: Array<{ votes: number, rank: number, nominee: { number: number } }> };

export type WatchTallySubscriptionVariables = Exact<{
  campaignId: Scalars['ID']['input'];
}>;


export type WatchTallySubscription = { tallyChanged: { version: number, asOf: string, rawVotes: number, countedVotes: number, withheldVotes: number, voters: number, entries: Array<{ votes: number, rank: number, nominee: { number: number } }> } };

export type WatchStoriesSubscriptionVariables = Exact<{
  campaignId: Scalars['ID']['input'];
}>;


export type WatchStoriesSubscription = { storyPublished: { id: string } };

export type SignedInFragment = { session: { accessToken: string, accessTokenExpiresAt: string, refreshToken: string } | null, userErrors: Array<{ code: SignInErrorCode, message: string }> };

export type SignInGuestMutationVariables = Exact<{
  deviceId: Scalars['String']['input'];
}>;


export type SignInGuestMutation = { signInGuest: { session: { accessToken: string, accessTokenExpiresAt: string, refreshToken: string } | null, userErrors: Array<{ code: SignInErrorCode, message: string }> } };

export type SignInStaffMutationVariables = Exact<{
  email: Scalars['String']['input'];
  password: Scalars['String']['input'];
}>;


export type SignInStaffMutation = { signInStaff: { session: { accessToken: string, accessTokenExpiresAt: string, refreshToken: string } | null, userErrors: Array<{ code: SignInErrorCode, message: string }> } };

export type RefreshSessionMutationVariables = Exact<{
  refreshToken: Scalars['String']['input'];
}>;


export type RefreshSessionMutation = { refreshSession: { session: { accessToken: string, accessTokenExpiresAt: string, refreshToken: string } | null, userErrors: Array<{ code: SignInErrorCode, message: string }> } };

export type SignOutMutationVariables = Exact<{
  refreshToken: Scalars['String']['input'];
}>;


export type SignOutMutation = { signOut: { signedOut: boolean } };

export type CastVoteMutationVariables = Exact<{
  nomineeId: Scalars['ID']['input'];
  idempotencyKey: Scalars['UUID']['input'];
}>;


export type CastVoteMutation = { castVote: { nominee: { id: string, votes: number | null, viewerHasVoted: boolean | null } | null, quota: { limit: number, used: number, remaining: number, resetsAt: string | null, category: { id: string } | null } | null, userErrors: Array<{ code: CastVoteErrorCode, message: string }> } };

export type SetLikeMutationVariables = Exact<{
  subjectId: Scalars['ID']['input'];
  liked: Scalars['Boolean']['input'];
}>;


export type SetLikeMutation = { setLike: { subject: { likeCount: number, viewerHasLiked: boolean | null } | { likeCount: number, viewerHasLiked: boolean | null } | null, userErrors: Array<{ code: SetLikeErrorCode, message: string }> } };

export type RecordViewsMutationVariables = Exact<{
  subjectIds: Array<Scalars['ID']['input']> | Scalars['ID']['input'];
  key: Scalars['UUID']['input'];
}>;


export type RecordViewsMutation = { recordViews: { recorded: number } };

export const Campaign: Operation<CampaignQuery, CampaignQueryVariables> = {
  id: "c8d6fd2c09bf8cb32cbd0f9eb4db81349b5259c5617c05529ac8af10cc1ee9cf",
  text: "fragment QuotaParts on Quota{category{id}limit used remaining resetsAt}query Campaign($slug:String!){serverTime campaign(slug:$slug){id title summary timeZone phase votingOpensAt votingClosesAt rules{period scope votesPerPeriod tallyVisibility guestsMayVote}categories{id key name shortlistSize nomineeCount}viewerQuotas{...QuotaParts}}}",
};

export const Nominees: Operation<NomineesQuery, NomineesQueryVariables> = {
  id: "897550ab6dae92b37021e75e113ee670fececc43de8541d5b4a91ed939659aaa",
  text: "fragment NomineeCard on Nominee{id number name employer city title portraitUrl status votes viewerHasVoted category{id}}query Nominees($slug:String!$first:Int!$after:String$category:ID$search:String$orderBy:NomineeOrder!){campaign(slug:$slug){nominees(first:$first after:$after category:$category search:$search orderBy:$orderBy){nodes{...NomineeCard}pageInfo{hasNextPage endCursor}totalCount}}}",
};

export const Nominee: Operation<NomineeQuery, NomineeQueryVariables> = {
  id: "bcfaf0c4e21335b95be901477e12b3e4c02bb6a2f2f79efb76c7a4394ac9c983",
  text: "fragment NomineeCard on Nominee{id number name employer city title portraitUrl status votes viewerHasVoted category{id}}fragment StoryCard on Story{id title summary coverUrl publishedAt likeCount viewerHasLiked nominee{number name}}query Nominee($slug:String!$number:Int!){campaign(slug:$slug){nominee(number:$number){...NomineeCard summary rank likeCount viewCount viewerHasLiked stories(first:20){nodes{...StoryCard media{kind url title}}}}}}",
};

export const Stories: Operation<StoriesQuery, StoriesQueryVariables> = {
  id: "f2998f3466f2a7663a2ee5d5f3e91cc7992bf8b654e66f5358ae8b87e8ceea4f",
  text: "fragment StoryCard on Story{id title summary coverUrl publishedAt likeCount viewerHasLiked nominee{number name}}query Stories($slug:String!$first:Int$after:String$last:Int$before:String){campaign(slug:$slug){id stories(first:$first after:$after last:$last before:$before){edges{cursor node{...StoryCard}}pageInfo{hasNextPage hasPreviousPage endCursor}}}}",
};

export const Story: Operation<StoryQuery, StoryQueryVariables> = {
  id: "7ca8bf9f959f46fb9d320dcb8841721887edcc360fca94fcc44040242f8d1704",
  text: "fragment StoryCard on Story{id title summary coverUrl publishedAt likeCount viewerHasLiked nominee{number name}}query Story($id:ID!){story(id:$id){...StoryCard body(format:HTML)viewCount media{kind url title}}}",
};

export const Board: Operation<BoardQuery, BoardQueryVariables> = {
  id: "58a238f9b858a09aa031d2a1df813f2a176fc0fcb9c4895106c3c33f10b5b6b3",
  text: "query Board($slug:String!){serverTime campaign(slug:$slug){id title timeZone phase votingOpensAt votingClosesAt rules{tallyVisibility}categories{id key name shortlistSize nomineeCount}tally{...BoardTally}}}fragment BoardTally on Tally{version asOf rawVotes countedVotes withheldVotes voters entries{votes rank nominee{number}}}",
};

export const Roster: Operation<RosterQuery, RosterQueryVariables> = {
  id: "9276d78122cf523504e1c05686429e537aea371310caa5b36f0dee0571699b5b",
  text: "query Roster($slug:String!$first:Int!$after:String){campaign(slug:$slug){nominees(first:$first after:$after){nodes{number name employer category{id}}pageInfo{hasNextPage endCursor}}}}",
};

export const WatchTally: Operation<WatchTallySubscription, WatchTallySubscriptionVariables> = {
  id: "ba350ece4fcb7fcd36809a5450af2a32b5936f7f318c9720ebf855225abb1017",
  text: "fragment BoardTally on Tally{version asOf rawVotes countedVotes withheldVotes voters entries{votes rank nominee{number}}}subscription WatchTally($campaignId:ID!){tallyChanged(campaignId:$campaignId){...BoardTally}}",
};

export const WatchStories: Operation<WatchStoriesSubscription, WatchStoriesSubscriptionVariables> = {
  id: "cf4942689ab538e70e34266393cf0f3441578ee946b599dfbc45a137fc9e1727",
  text: "subscription WatchStories($campaignId:ID!){storyPublished(campaignId:$campaignId){id}}",
};

export const SignInGuest: Operation<SignInGuestMutation, SignInGuestMutationVariables> = {
  id: "dd322c8b90cb29ea6dd3ff74410ab6b95d8cb785e926b7f5c906e41528281e03",
  text: "fragment SignedIn on SignInPayload{session{accessToken accessTokenExpiresAt refreshToken}userErrors{code message}}mutation SignInGuest($deviceId:String!){signInGuest(input:{deviceId:$deviceId}){...SignedIn}}",
};

export const SignInStaff: Operation<SignInStaffMutation, SignInStaffMutationVariables> = {
  id: "f045d5a85d1ee82c65a7bc15ccf31175008b2cd4956bf1b9d2aa2edaa1f23e9b",
  text: "fragment SignedIn on SignInPayload{session{accessToken accessTokenExpiresAt refreshToken}userErrors{code message}}mutation SignInStaff($email:String!$password:String!){signInStaff(input:{email:$email password:$password}){...SignedIn}}",
};

export const RefreshSession: Operation<RefreshSessionMutation, RefreshSessionMutationVariables> = {
  id: "2dc888b4284b161bc28165a584c9d7e6d5f9db110da187f40266d44ec685cb22",
  text: "fragment SignedIn on SignInPayload{session{accessToken accessTokenExpiresAt refreshToken}userErrors{code message}}mutation RefreshSession($refreshToken:String!){refreshSession(input:{refreshToken:$refreshToken}){...SignedIn}}",
};

export const SignOut: Operation<SignOutMutation, SignOutMutationVariables> = {
  id: "037381ae56b212707ea36841e61ffb9350626679e6e53d3fe67d649d5163f1e0",
  text: "mutation SignOut($refreshToken:String!){signOut(input:{refreshToken:$refreshToken}){signedOut}}",
};

export const CastVote: Operation<CastVoteMutation, CastVoteMutationVariables> = {
  id: "fe631b52853105214fa898dee4b041f0d8fa8eac4390612528583f54cda0dbd5",
  text: "fragment QuotaParts on Quota{category{id}limit used remaining resetsAt}mutation CastVote($nomineeId:ID!$idempotencyKey:UUID!){castVote(input:{nomineeId:$nomineeId idempotencyKey:$idempotencyKey}){nominee{id votes viewerHasVoted}quota{...QuotaParts}userErrors{code message}}}",
};

export const SetLike: Operation<SetLikeMutation, SetLikeMutationVariables> = {
  id: "2fd6cbe0670eeabcf80d75e95fcd61d20fd48b9274d78eec41b38e9632df4da8",
  text: "mutation SetLike($subjectId:ID!$liked:Boolean!){setLike(input:{subjectId:$subjectId liked:$liked}){subject{likeCount viewerHasLiked}userErrors{code message}}}",
};

export const RecordViews: Operation<RecordViewsMutation, RecordViewsMutationVariables> = {
  id: "d277051150536b88a4f6db3c7820d2d149044f12e47331b1582acd42ab55cc12",
  text: "mutation RecordViews($subjectIds:[ID!]!$key:UUID!){recordViews(input:{subjectIds:$subjectIds idempotencyKey:$key}){recorded}}",
};
