// Written by web/operations.js from operations.graphql and schema.graphql.
import type { Operation } from "@acclaim/client/browser";

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
  DateTime: { input: string; output: string; }
  Long: { input: number; output: number; }
  UUID: { input: string; output: string; }
};

export type AcceptInvitationInput = {
  token: Scalars['String']['input'];
  name: Scalars['String']['input'];
  password: Scalars['String']['input'];
};

export type AccountErrorCode =
  | 'INVALID_CREDENTIALS'
  | 'TOO_MANY_ATTEMPTS'
  | 'WEAK_PASSWORD'
  | 'INVALID_CODE'
  | 'NOT_ENROLLED'
  | 'ALREADY_ENROLLED';

export type ActorKind =
  | 'STAFF'
  | 'OPERATOR'
  | 'CLOCK';

export type AddStoryPictureInput = {
  storyId: Scalars['ID']['input'];
  expectedRevision: Scalars['Long']['input'];
  uploadId: Scalars['ID']['input'];
  title: Scalars['String']['input'];
};

export type AmendRulesInput = {
  campaignId: Scalars['ID']['input'];
  expectedRevision: Scalars['Long']['input'];
  votesPerPeriod?: InputMaybe<Scalars['Int']['input']>;
  tallyVisibility?: InputMaybe<TallyVisibility>;
  challenge?: InputMaybe<ChallengePolicy>;
  votingClosesAt?: InputMaybe<Scalars['DateTime']['input']>;
  reason: Scalars['String']['input'];
};

export type ApplyImportErrorCode =
  | 'NOT_CHECKED'
  | 'NO_PLAN'
  | 'STALE_OBJECT'
  | 'PLAN_CHANGED'
  | 'FAULTY_ROWS'
  | 'NOTHING_TO_APPLY'
  | 'REASON_REQUIRED'
  | 'WRONG_STATE'
  | 'FILE_LOST';

export type ApplyImportInput = {
  importId: Scalars['ID']['input'];
  expectedRevision: Scalars['Long']['input'];
  reason?: InputMaybe<Scalars['String']['input']>;
};

export type ApplyWithholdingInput = {
  ruleId: Scalars['ID']['input'];
  expectedRevision: Scalars['Int']['input'];
  typedVotes?: InputMaybe<Scalars['Int']['input']>;
};

export type CampaignErrorCode =
  | 'INVALID_SLUG'
  | 'SLUG_TAKEN'
  | 'INVALID_TITLE'
  | 'INVALID_SUMMARY'
  | 'INVALID_TIME_ZONE'
  | 'INVALID_QUOTA'
  | 'INVALID_ADMITS'
  | 'TIMES_OUT_OF_ORDER'
  | 'TIME_PAST'
  | 'WRONG_PHASE'
  | 'FIXED_AFTER_FIRST_VOTE'
  | 'FIXED_ONCE_ANNOUNCED'
  | 'QUOTA_LOWERED'
  | 'REASON_REQUIRED'
  | 'NOT_READY'
  | 'INVALID_CATEGORY_KEY'
  | 'INVALID_CATEGORY_NAME'
  | 'INVALID_SHORTLIST_SIZE'
  | 'TOO_MANY_CATEGORIES'
  | 'CATEGORY_IN_USE'
  | 'STALE_OBJECT'
  | 'IDEMPOTENCY_KEY_REUSED';

export type CampaignLifecycle =
  | 'DRAFT'
  | 'RUNNING'
  | 'PUBLISHED'
  | 'ARCHIVED';

export type CampaignPhase =
  | 'DRAFT'
  | 'UPCOMING'
  | 'VOTING'
  | 'PAUSED'
  | 'ENDED'
  | 'PUBLISHED'
  | 'ARCHIVED';

export type CampaignStepInput = {
  campaignId: Scalars['ID']['input'];
  expectedRevision?: InputMaybe<Scalars['Long']['input']>;
  reason?: InputMaybe<Scalars['String']['input']>;
};

export type CastBallotInput = {
  campaignId: Scalars['ID']['input'];
  nomineeIds: Array<Scalars['ID']['input']>;
  idempotencyKey?: InputMaybe<Scalars['UUID']['input']>;
  challengeSolution?: InputMaybe<Scalars['String']['input']>;
  ticket?: InputMaybe<Scalars['String']['input']>;
  sharedBy?: InputMaybe<Scalars['ID']['input']>;
};

export type CastVoteErrorCode =
  | 'ALREADY_VOTED'
  | 'QUOTA_SPENT'
  | 'VOTING_NOT_OPEN'
  | 'VOTING_CLOSED'
  | 'VOTING_PAUSED'
  | 'NOMINEE_NOT_FOUND'
  | 'NOMINEE_FROZEN'
  | 'NOT_ELIGIBLE'
  | 'IDEMPOTENCY_KEY_REUSED'
  | 'CHALLENGE_REQUIRED';

export type CastVoteInput = {
  nomineeId: Scalars['ID']['input'];
  idempotencyKey?: InputMaybe<Scalars['UUID']['input']>;
  challengeSolution?: InputMaybe<Scalars['String']['input']>;
  ticket?: InputMaybe<Scalars['String']['input']>;
  sharedBy?: InputMaybe<Scalars['ID']['input']>;
};

export type CategoryInput = {
  id?: InputMaybe<Scalars['ID']['input']>;
  key: Scalars['String']['input'];
  name: Scalars['String']['input'];
  shortlistSize: Scalars['Int']['input'];
};

export type ChallengeAlgorithm =
  | 'ALTCHA_SHA_256'
  | 'TENCENT_CAPTCHA';

export type ChallengePolicy =
  | 'NEVER'
  | 'GUESTS'
  | 'SUSPICIOUS'
  | 'ALWAYS';

export type ChangePasswordInput = {
  currentPassword: Scalars['String']['input'];
  newPassword: Scalars['String']['input'];
};

export type CloneCampaignInput = {
  campaignId: Scalars['ID']['input'];
  idempotencyKey: Scalars['UUID']['input'];
  slug: Scalars['String']['input'];
  title: Scalars['String']['input'];
  votingOpensAt: Scalars['DateTime']['input'];
  votingClosesAt: Scalars['DateTime']['input'];
  withNominees?: Scalars['Boolean']['input'];
};

export type ConfirmSecondFactorInput = {
  code: Scalars['String']['input'];
};

export type ContentCheck =
  | 'NOT_CHECKED'
  | 'PASSED'
  | 'REVIEW'
  | 'RISKY';

export type CreateCampaignInput = {
  organisationId: Scalars['ID']['input'];
  idempotencyKey: Scalars['UUID']['input'];
  slug: Scalars['String']['input'];
  title: Scalars['String']['input'];
  summary?: Scalars['String']['input'];
  timeZone?: Scalars['String']['input'];
  votingOpensAt: Scalars['DateTime']['input'];
  votingClosesAt: Scalars['DateTime']['input'];
  rules: VotingRulesInput;
  categories?: Array<CategoryInput>;
};

export type CreateExportInput = {
  campaignId: Scalars['ID']['input'];
  kind: ExportKind;
  format: ExportFormat;
  idempotencyKey: Scalars['UUID']['input'];
};

export type CreateImportErrorCode =
  | 'UPLOADS_NOT_CONFIGURED'
  | 'UPLOAD_NOT_FOUND'
  | 'UPLOAD_NOT_RECEIVED'
  | 'UPLOAD_EXPIRED'
  | 'UPLOAD_USED'
  | 'WRONG_STATE'
  | 'TOO_MANY_IMPORTS'
  | 'IDEMPOTENCY_KEY_REUSED';

export type CreateImportInput = {
  campaignId: Scalars['ID']['input'];
  kind: ImportKind;
  uploadId: Scalars['ID']['input'];
  idempotencyKey: Scalars['UUID']['input'];
};

export type CreateNomineeInput = {
  campaignId: Scalars['ID']['input'];
  idempotencyKey: Scalars['UUID']['input'];
  categoryId: Scalars['ID']['input'];
  number?: InputMaybe<Scalars['Int']['input']>;
  name: Scalars['String']['input'];
  employer: Scalars['String']['input'];
  city?: InputMaybe<Scalars['String']['input']>;
  title?: InputMaybe<Scalars['String']['input']>;
  summary?: Scalars['String']['input'];
};

export type CreateReportInput = {
  campaignId: Scalars['ID']['input'];
  idempotencyKey: Scalars['UUID']['input'];
};

export type CreateStoryInput = {
  campaignId: Scalars['ID']['input'];
  idempotencyKey: Scalars['UUID']['input'];
  nomineeId?: InputMaybe<Scalars['ID']['input']>;
  title: Scalars['String']['input'];
  summary?: Scalars['String']['input'];
  body?: InputMaybe<Scalars['String']['input']>;
  bodyHtml?: InputMaybe<Scalars['String']['input']>;
};

export type CreateUploadInput = {
  organisationId: Scalars['ID']['input'];
  purpose: UploadPurpose;
  bytes: Scalars['Int']['input'];
};

export type DismissCaseInput = {
  caseId: Scalars['ID']['input'];
  expectedRevision: Scalars['Int']['input'];
  note: Scalars['String']['input'];
};

export type EnrolSecondFactorInput = {
  password: Scalars['String']['input'];
};

export type ExportErrorCode =
  | 'EXPORTS_NOT_CONFIGURED'
  | 'TOO_MANY_EXPORTS'
  | 'IDEMPOTENCY_KEY_REUSED';

export type ExportFormat =
  | 'XLSX'
  | 'CSV';

export type ExportKind =
  | 'TALLY'
  | 'TURNOUT'
  | 'BALLOTS'
  | 'STORIES'
  | 'AUDIT_LOG';

export type ExportStatus =
  | 'WAITING'
  | 'WRITING'
  | 'READY'
  | 'FAILED';

export type ExtendVotingInput = {
  campaignId: Scalars['ID']['input'];
  expectedRevision?: InputMaybe<Scalars['Long']['input']>;
  votingClosesAt: Scalars['DateTime']['input'];
  reason?: InputMaybe<Scalars['String']['input']>;
};

export type GrantRoleInput = {
  organisationId: Scalars['ID']['input'];
  staffId: Scalars['ID']['input'];
  role: StaffRole;
};

export type IdentityKind =
  | 'GUEST'
  | 'WECHAT_MINI_PROGRAM'
  | 'WECHAT_WEB'
  | 'DOUYIN'
  | 'ALIPAY'
  | 'PHONE'
  | 'OIDC';

export type ImportChange =
  | 'CREATE'
  | 'UPDATE'
  | 'UNCHANGED'
  | 'FAULTY';

export type ImportFailureCode =
  | 'EMPTY'
  | 'FILE_TOO_LARGE'
  | 'ARCHIVE_TOO_LARGE'
  | 'OLD_FORMAT'
  | 'BINARY_FORMAT'
  | 'OPEN_DOCUMENT'
  | 'ENCRYPTED'
  | 'NOT_A_SPREADSHEET'
  | 'DAMAGED'
  | 'NO_VISIBLE_SHEET'
  | 'TOO_MANY_ROWS'
  | 'TOO_MANY_COLUMNS'
  | 'TOO_MUCH_TEXT'
  | 'UNKNOWN_ENCODING'
  | 'TOO_DEMANDING'
  | 'HEADER_MISSING'
  | 'HEADER_TWICE'
  | 'WRONG_STATE'
  | 'FILE_LOST'
  | 'READER_FAILED';

export type ImportFaultCode =
  | 'MISSING'
  | 'TOO_LONG'
  | 'CONTROL_CHARACTER'
  | 'OUT_OF_RANGE'
  | 'FORMULA_WITHOUT_VALUE'
  | 'ERROR_VALUE'
  | 'NUMBER_TOO_LONG'
  | 'NO_DATE'
  | 'NOT_A_NUMBER'
  | 'UNKNOWN_CATEGORY'
  | 'AMBIGUOUS_CATEGORY'
  | 'AMBIGUOUS_NOMINEE'
  | 'CATEGORY_FIXED'
  | 'UNKNOWN_NOMINEE'
  | 'AMBIGUOUS_STORY'
  | 'DUPLICATE'
  | 'NOT_A_TIME'
  | 'SKIPPED_TIME';

export type ImportKind =
  | 'NOMINEES'
  | 'STORIES';

export type ImportStatus =
  | 'READING'
  | 'CHECKED'
  | 'APPLYING'
  | 'APPLIED'
  | 'FAILED';

export type InviteStaffInput = {
  organisationId: Scalars['ID']['input'];
  email: Scalars['String']['input'];
  role: StaffRole;
};

export type MediaKind =
  | 'IMAGE'
  | 'VIDEO'
  | 'AUDIO';

export type MemberErrorCode =
  | 'INVALID_EMAIL'
  | 'INVALID_NAME'
  | 'WEAK_PASSWORD'
  | 'INVALID_CREDENTIALS'
  | 'TOO_MANY_ATTEMPTS'
  | 'ALREADY_MEMBER'
  | 'TOO_MANY_INVITATIONS'
  | 'INVITATION_INVALID'
  | 'LAST_OWNER';

export type MiniProgramPlatform =
  | 'WECHAT'
  | 'DOUYIN'
  | 'ALIPAY';

export type NomineeErrorCode =
  | 'INVALID_FIELD'
  | 'NUMBER_TAKEN'
  | 'CATEGORY_NOT_FOUND'
  | 'FIXED_AFTER_FIRST_VOTE'
  | 'REASON_REQUIRED'
  | 'WRONG_STATE'
  | 'STALE_OBJECT'
  | 'IDEMPOTENCY_KEY_REUSED';

export type NomineeOrder =
  | 'NUMBER'
  | 'VOTES'
  | 'SHUFFLED';

export type NomineeStatus =
  | 'ACTIVE'
  | 'FROZEN'
  | 'WITHDRAWN';

export type NomineeStepInput = {
  nomineeId: Scalars['ID']['input'];
  expectedRevision?: InputMaybe<Scalars['Long']['input']>;
  reason?: InputMaybe<Scalars['String']['input']>;
};

export type OrganisationErrorCode =
  | 'INVALID_SLUG'
  | 'SLUG_TAKEN'
  | 'INVALID_NAME'
  | 'STALE_OBJECT';

export type PictureErrorCode =
  | 'UPLOADS_NOT_CONFIGURED'
  | 'UPLOAD_NOT_FOUND'
  | 'UPLOAD_NOT_RECEIVED'
  | 'UPLOAD_EXPIRED'
  | 'UPLOAD_USED'
  | 'NOT_A_PICTURE'
  | 'PICTURE_TOO_LARGE'
  | 'PICTURE_ANIMATED'
  | 'PICTURE_DAMAGED'
  | 'INVALID_TITLE'
  | 'TOO_MANY_MEDIA'
  | 'WRONG_STATE'
  | 'STALE_OBJECT';

export type PictureSize =
  | 'SMALL'
  | 'LARGE';

export type ProposeWithholdingInput = {
  campaignId: Scalars['ID']['input'];
  selection?: InputMaybe<WithholdingSelectionInput>;
  offerId?: InputMaybe<Scalars['ID']['input']>;
  reason: Scalars['String']['input'];
  isActive?: Scalars['Boolean']['input'];
  idempotencyKey?: InputMaybe<Scalars['UUID']['input']>;
};

export type QuotaPeriod =
  | 'DAY'
  | 'CAMPAIGN';

export type QuotaScope =
  | 'CAMPAIGN'
  | 'CATEGORY';

export type RecordViewsErrorCode =
  | 'SUBJECT_NOT_FOUND';

export type RecordViewsInput = {
  subjectIds: Array<Scalars['ID']['input']>;
  idempotencyKey?: InputMaybe<Scalars['UUID']['input']>;
};

export type RedeemHandOverInput = {
  code: Scalars['String']['input'];
};

export type RefreshSessionInput = {
  refreshToken: Scalars['String']['input'];
};

export type RemoveStoryMediaInput = {
  storyId: Scalars['ID']['input'];
  expectedRevision: Scalars['Long']['input'];
  url: Scalars['String']['input'];
};

export type ReopenCaseInput = {
  caseId: Scalars['ID']['input'];
  expectedRevision: Scalars['Int']['input'];
};

export type ReportErrorCode =
  | 'WRONG_PHASE'
  | 'STILL_COUNTING'
  | 'TOO_MANY'
  | 'TOO_LARGE'
  | 'DOES_NOT_ADD_UP'
  | 'IDEMPOTENCY_KEY_REUSED';

export type ReportLanguage =
  | 'ENGLISH'
  | 'CHINESE';

export type RequestPhoneCodeInput = {
  phone: Scalars['String']['input'];
};

export type RevertWithholdingInput = {
  ruleId: Scalars['ID']['input'];
  expectedRevision: Scalars['Int']['input'];
  reason: Scalars['String']['input'];
};

export type ReviewStoryInput = {
  storyId: Scalars['ID']['input'];
  expectedRevision: Scalars['Long']['input'];
  reason?: InputMaybe<Scalars['String']['input']>;
};

export type RevokeInvitationInput = {
  organisationId: Scalars['ID']['input'];
  invitationId: Scalars['ID']['input'];
};

export type RevokeRoleInput = {
  organisationId: Scalars['ID']['input'];
  staffId: Scalars['ID']['input'];
};

export type ScheduleStoriesInput = {
  campaignId: Scalars['ID']['input'];
  storyIds: Array<Scalars['ID']['input']>;
  times: Array<Scalars['String']['input']>;
  from?: InputMaybe<Scalars['DateTime']['input']>;
  apply?: Scalars['Boolean']['input'];
};

export type SetCampaignCoverInput = {
  campaignId: Scalars['ID']['input'];
  expectedRevision: Scalars['Long']['input'];
  uploadId?: InputMaybe<Scalars['ID']['input']>;
};

export type SetCategoriesInput = {
  campaignId: Scalars['ID']['input'];
  expectedRevision: Scalars['Long']['input'];
  categories: Array<CategoryInput>;
  reason?: InputMaybe<Scalars['String']['input']>;
};

export type SetLikeErrorCode =
  | 'SUBJECT_NOT_FOUND';

export type SetLikeInput = {
  subjectId: Scalars['ID']['input'];
  liked: Scalars['Boolean']['input'];
};

export type SetNomineePortraitInput = {
  nomineeId: Scalars['ID']['input'];
  expectedRevision: Scalars['Long']['input'];
  uploadId?: InputMaybe<Scalars['ID']['input']>;
};

export type SetStoryCoverInput = {
  storyId: Scalars['ID']['input'];
  expectedRevision: Scalars['Long']['input'];
  uploadId?: InputMaybe<Scalars['ID']['input']>;
};

export type SignInErrorCode =
  | 'INVALID_CODE'
  | 'HIGH_RISK'
  | 'PLATFORM_BUSY'
  | 'INVALID_PHONE'
  | 'TOO_MANY_CODES'
  | 'CODES_SPENT'
  | 'PLATFORM_UNAVAILABLE'
  | 'PLATFORM_NOT_CONFIGURED'
  | 'SNAPSHOT_USER'
  | 'DECLINED'
  | 'SIGN_IN_EXPIRED'
  | 'GUESTS_NOT_ADMITTED'
  | 'INVALID_CREDENTIALS'
  | 'SECOND_FACTOR_REQUIRED'
  | 'INVALID_SECOND_FACTOR'
  | 'TOO_MANY_ATTEMPTS'
  | 'INVALID_REFRESH_TOKEN';

export type SignInGuestInput = {
  deviceId: Scalars['String']['input'];
};

export type SignInMiniProgramInput = {
  platform: MiniProgramPlatform;
  code: Scalars['String']['input'];
};

export type SignInMiniProgramPhoneInput = {
  platform: MiniProgramPlatform;
  code: Scalars['String']['input'];
};

export type SignInPhoneInput = {
  phone: Scalars['String']['input'];
  code: Scalars['String']['input'];
};

export type SignInStaffInput = {
  email: Scalars['String']['input'];
  password: Scalars['String']['input'];
  secondFactorCode?: InputMaybe<Scalars['String']['input']>;
};

export type SignOutInput = {
  refreshToken: Scalars['String']['input'];
};

export type SignalBehaviour =
  | 'UNSEEN'
  | 'FAST'
  | 'PHONES'
  | 'CLOCK'
  | 'PACE'
  | 'NIGHT'
  | 'REPEAT'
  | 'ONE_MODEL';

export type SignalCaseErrorCode =
  | 'NOTE_REQUIRED'
  | 'WRONG_STATE'
  | 'STALE_OBJECT';

export type SignalCaseState =
  | 'OPEN'
  | 'DISMISSED';

export type SignalKind =
  | 'SAME_BALLOT'
  | 'MANY_SMALL_NETWORKS'
  | 'SELECTIVE_NETWORK'
  | 'SELECTIVE_MODEL'
  | 'SHARE_SPIKE'
  | 'WAVE'
  | 'NIGHT_DRIP'
  | 'UNSEEN';

export type StaffRight =
  | 'READ_DRAFTS'
  | 'READ_FIGURES'
  | 'READ_RECORDS'
  | 'EDIT_CAMPAIGNS'
  | 'WITHHOLD_VOTES'
  | 'WRITE_STORIES'
  | 'REVIEW_STORIES'
  | 'MANAGE_ORGANISATION';

export type StaffRole =
  | 'OWNER'
  | 'ORGANISER'
  | 'EDITOR'
  | 'AUDITOR';

export type StoryErrorCode =
  | 'INVALID_FIELD'
  | 'NOMINEE_NOT_FOUND'
  | 'MEDIA_NOT_FOUND'
  | 'INVALID_BODY'
  | 'OWN_TEXT'
  | 'REASON_REQUIRED'
  | 'WRONG_STATE'
  | 'INVALID_SCHEDULE'
  | 'STORY_NOT_FOUND'
  | 'STALE_OBJECT'
  | 'IDEMPOTENCY_KEY_REUSED';

export type StoryFormat =
  | 'MARKDOWN'
  | 'HTML';

export type StoryState =
  | 'DRAFT'
  | 'IN_REVIEW'
  | 'APPROVED'
  | 'SCHEDULED'
  | 'PUBLISHED'
  | 'RETRACTED';

export type StoryStepInput = {
  storyId: Scalars['ID']['input'];
  expectedRevision?: InputMaybe<Scalars['Long']['input']>;
  reason?: InputMaybe<Scalars['String']['input']>;
};

export type TallyVisibility =
  | 'LIVE'
  | 'AFTER_CLOSE'
  | 'STAFF_ONLY';

export type TurnoutStep =
  | 'MINUTE'
  | 'HOUR'
  | 'DAY';

export type UpdateCampaignInput = {
  campaignId: Scalars['ID']['input'];
  expectedRevision: Scalars['Long']['input'];
  slug?: InputMaybe<Scalars['String']['input']>;
  title?: InputMaybe<Scalars['String']['input']>;
  summary?: InputMaybe<Scalars['String']['input']>;
  timeZone?: InputMaybe<Scalars['String']['input']>;
  votingOpensAt?: InputMaybe<Scalars['DateTime']['input']>;
  votingClosesAt?: InputMaybe<Scalars['DateTime']['input']>;
  rules?: InputMaybe<VotingRulesInput>;
};

export type UpdateNomineeInput = {
  nomineeId: Scalars['ID']['input'];
  expectedRevision: Scalars['Long']['input'];
  categoryId?: InputMaybe<Scalars['ID']['input']>;
  number?: InputMaybe<Scalars['Int']['input']>;
  name?: InputMaybe<Scalars['String']['input']>;
  employer?: InputMaybe<Scalars['String']['input']>;
  city?: InputMaybe<Scalars['String']['input']>;
  title?: InputMaybe<Scalars['String']['input']>;
  summary?: InputMaybe<Scalars['String']['input']>;
  reason?: InputMaybe<Scalars['String']['input']>;
};

export type UpdateOrganisationInput = {
  organisationId: Scalars['ID']['input'];
  expectedRevision: Scalars['Long']['input'];
  name?: InputMaybe<Scalars['String']['input']>;
  requiresSecondFactor?: InputMaybe<Scalars['Boolean']['input']>;
};

export type UpdateStoryInput = {
  storyId: Scalars['ID']['input'];
  expectedRevision: Scalars['Long']['input'];
  nomineeId?: InputMaybe<Scalars['ID']['input']>;
  title?: InputMaybe<Scalars['String']['input']>;
  summary?: InputMaybe<Scalars['String']['input']>;
  body?: InputMaybe<Scalars['String']['input']>;
  bodyHtml?: InputMaybe<Scalars['String']['input']>;
};

export type UploadErrorCode =
  | 'UPLOADS_NOT_CONFIGURED'
  | 'FILE_TOO_LARGE'
  | 'TOO_MANY_UPLOADS';

export type UploadPurpose =
  | 'PICTURE'
  | 'SHEET';

export type ViewerRole =
  | 'VOTER'
  | 'STAFF';

export type VoteBehaviour =
  | 'UNSEEN'
  | 'FAST';

export type VoteGroupKey =
  | 'NETWORK'
  | 'NETWORK_BLOCK'
  | 'PHONE_MODEL';

export type VotingRulesInput = {
  period: QuotaPeriod;
  scope: QuotaScope;
  votesPerPeriod: Scalars['Int']['input'];
  tallyVisibility: TallyVisibility;
  admits?: Array<IdentityKind>;
  challenge?: ChallengePolicy;
};

export type WithholdingErrorCode =
  | 'TOO_BROAD'
  | 'TOO_MANY'
  | 'TIMES_OUT_OF_ORDER'
  | 'NOMINEE_NOT_FOUND'
  | 'NO_VOTES'
  | 'REASON_REQUIRED'
  | 'SAME_PERSON'
  | 'WRONG_STATE'
  | 'WRONG_PHASE'
  | 'NUMBER_REQUIRED'
  | 'TOO_MANY_RULES'
  | 'STALE_OBJECT'
  | 'IDEMPOTENCY_KEY_REUSED';

export type WithholdingKind =
  | 'SELECTED'
  | 'SIGNALS'
  | 'PLATFORM_RISK';

export type WithholdingSelectionInput = {
  nomineeIds?: InputMaybe<Array<Scalars['ID']['input']>>;
  networks?: InputMaybe<Array<Scalars['String']['input']>>;
  networkBlocks?: InputMaybe<Array<Scalars['String']['input']>>;
  phoneModels?: InputMaybe<Array<Scalars['String']['input']>>;
  from?: InputMaybe<Scalars['DateTime']['input']>;
  until?: InputMaybe<Scalars['DateTime']['input']>;
  behaviours?: InputMaybe<Array<VoteBehaviour>>;
  wholeVisit?: Scalars['Boolean']['input'];
  riskRankMin?: InputMaybe<Scalars['Int']['input']>;
};

export type WithholdingState =
  | 'DRAFT'
  | 'APPLIED'
  | 'REVERTED';

export type FindViewerQueryVariables = Exact<{ [key: string]: never; }>;


export type FindViewerQuery = { serverTime: string, signInWays: Array<{ kind: IdentityKind, name: string | null }>, viewer: { id: string, name: string | null, email: string | null, hasSecondFactor: boolean, memberships: Array<{ role: StaffRole, rights: Array<StaffRight>, lacksSecondFactor: boolean, organisation: { id: string, slug: string, name: string } }> } | null };

export type FindDeskCampaignQueryVariables = Exact<{
  slug: Scalars['String']['input'];
}>;


export type FindDeskCampaignQuery = { serverTime: string, campaign: { id: string, slug: string, title: string, summary: string, coverUrl: string | null, timeZone: string, phase: CampaignPhase, votingOpensAt: string, votingClosesAt: string, rules: { period: QuotaPeriod, scope: QuotaScope, votesPerPeriod: number, tallyVisibility: TallyVisibility, admits: Array<IdentityKind>, challenge: ChallengePolicy }, categories: Array<{ id: string, key: string, name: string, shortlistSize: number, nomineeCount: number }>, amendments: Array<{ at: string, subjectLabel: string, reason: string, changes: Array<{ field: string, before: string | null, after: string | null }> }>, desk: { editRevision: number, lifecycle: CampaignLifecycle, pausedAt: string | null, hasVotes: boolean, organisation: { id: string, slug: string, name: string }, nomineeCounts: { active: number, frozen: number, withdrawn: number, withoutPortrait: number }, storyCounts: { draft: number, inReview: number, approved: number, scheduled: number, published: number, retracted: number } } | null } | null };

export type DeskCampaignFragment = { id: string, slug: string, title: string, summary: string, coverUrl: string | null, timeZone: string, phase: CampaignPhase, votingOpensAt: string, votingClosesAt: string, rules: { period: QuotaPeriod, scope: QuotaScope, votesPerPeriod: number, tallyVisibility: TallyVisibility, admits: Array<IdentityKind>, challenge: ChallengePolicy }, categories: Array<{ id: string, key: string, name: string, shortlistSize: number, nomineeCount: number }>, amendments: Array<{ at: string, subjectLabel: string, reason: string, changes: Array<{ field: string, before: string | null, after: string | null }> }>, desk: { editRevision: number, lifecycle: CampaignLifecycle, pausedAt: string | null, hasVotes: boolean, organisation: { id: string, slug: string, name: string }, nomineeCounts: { active: number, frozen: number, withdrawn: number, withoutPortrait: number }, storyCounts: { draft: number, inReview: number, approved: number, scheduled: number, published: number, retracted: number } } | null };

export type CountOpenCasesQueryVariables = Exact<{
  slug: Scalars['String']['input'];
}>;


export type CountOpenCasesQuery = { campaign: { desk: { openCases: number } | null } | null };

export type CreateUploadMutationVariables = Exact<{
  organisationId: Scalars['ID']['input'];
  purpose: UploadPurpose;
  bytes: Scalars['Int']['input'];
}>;


export type CreateUploadMutation = { createUpload: { upload: { id: string, url: string } | null, userErrors: Array<{ code: UploadErrorCode, message: string }> } };

export const FindViewer: Operation<FindViewerQuery, FindViewerQueryVariables> = {
  id: "7a173394d4da8a02ce136cd9ad881b6218944230c0b3db56f4eebc87b5202948",
  text: "query FindViewer{serverTime signInWays{kind name}viewer{id name email hasSecondFactor memberships{role rights lacksSecondFactor organisation{id slug name}}}}",
};

export const FindDeskCampaign: Operation<FindDeskCampaignQuery, FindDeskCampaignQueryVariables> = {
  id: "c4c481ea367d954faf9390bd69f2e3b54d6576aac24f046a789d2014b841faac",
  text: "query FindDeskCampaign($slug:String!){serverTime campaign(slug:$slug){...DeskCampaign}}fragment DeskCampaign on Campaign{id slug title summary coverUrl(size:SMALL)timeZone phase votingOpensAt votingClosesAt rules{period scope votesPerPeriod tallyVisibility admits challenge}categories{id key name shortlistSize nomineeCount}amendments{at subjectLabel changes{field before after}reason}desk{editRevision lifecycle pausedAt hasVotes organisation{id slug name}nomineeCounts{active frozen withdrawn withoutPortrait}storyCounts{draft inReview approved scheduled published retracted}}}",
};

export const CountOpenCases: Operation<CountOpenCasesQuery, CountOpenCasesQueryVariables> = {
  id: "e97c336d2c8ba22207f62fab6c5c8cf807b4092478f16d2a8f31bec51947bf27",
  text: "query CountOpenCases($slug:String!){campaign(slug:$slug){desk{openCases}}}",
};

export const CreateUpload: Operation<CreateUploadMutation, CreateUploadMutationVariables> = {
  id: "ab0064833caab026754a5dd47af0a6d1ef098519d866b51fc3c684db664f3435",
  text: "mutation CreateUpload($organisationId:ID!$purpose:UploadPurpose!$bytes:Int!){createUpload(input:{organisationId:$organisationId purpose:$purpose bytes:$bytes}){upload{id url}userErrors{code message}}}",
};
