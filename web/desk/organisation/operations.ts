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

export type ListCampaignsQueryVariables = Exact<{
  slug: Scalars['String']['input'];
  first: Scalars['Int']['input'];
  after?: InputMaybe<Scalars['String']['input']>;
}>;


export type ListCampaignsQuery = { serverTime: string, organisation: { id: string, campaigns: { totalCount: number, nodes: Array<{ id: string, slug: string, title: string, coverUrl: string | null, timeZone: string, phase: CampaignPhase, votingOpensAt: string, votingClosesAt: string, tally: { countedVotes: number, voters: number } | null, desk: { editRevision: number, hasVotes: boolean, nomineeCounts: { active: number, frozen: number, withdrawn: number, withoutPortrait: number }, storyCounts: { draft: number, inReview: number, approved: number, scheduled: number, published: number, retracted: number } } | null }>, pageInfo: { endCursor: string | null, hasNextPage: boolean } } } | null };

export type CampaignLineFragment = { id: string, slug: string, title: string, coverUrl: string | null, timeZone: string, phase: CampaignPhase, votingOpensAt: string, votingClosesAt: string, tally: { countedVotes: number, voters: number } | null, desk: { editRevision: number, hasVotes: boolean, nomineeCounts: { active: number, frozen: number, withdrawn: number, withoutPortrait: number }, storyCounts: { draft: number, inReview: number, approved: number, scheduled: number, published: number, retracted: number } } | null };

export type FindOrganisationQueryVariables = Exact<{
  slug: Scalars['String']['input'];
}>;


export type FindOrganisationQuery = { organisation: { id: string, slug: string, name: string, requiresSecondFactor: boolean, editRevision: number } | null };

export type OrganisationSettingsFragment = { id: string, slug: string, name: string, requiresSecondFactor: boolean, editRevision: number };

export type UpdateOrganisationMutationVariables = Exact<{
  organisationId: Scalars['ID']['input'];
  expectedRevision: Scalars['Long']['input'];
  name?: InputMaybe<Scalars['String']['input']>;
  requiresSecondFactor?: InputMaybe<Scalars['Boolean']['input']>;
}>;


export type UpdateOrganisationMutation = { updateOrganisation: { organisation: { id: string, slug: string, name: string, requiresSecondFactor: boolean, editRevision: number } | null, userErrors: Array<{ code: OrganisationErrorCode, message: string, path: Array<string> | null }> } };

export type FindSlugQueryVariables = Exact<{
  slug: Scalars['String']['input'];
}>;


export type FindSlugQuery = { campaign: { id: string } | null };

export type CreateCampaignMutationVariables = Exact<{
  input: CreateCampaignInput;
}>;


export type CreateCampaignMutation = { createCampaign: { campaign: { id: string, slug: string } | null, userErrors: Array<{ code: CampaignErrorCode, message: string, path: Array<string> | null }> } };

export type CloneCampaignMutationVariables = Exact<{
  input: CloneCampaignInput;
}>;


export type CloneCampaignMutation = { cloneCampaign: { campaign: { id: string, slug: string } | null, userErrors: Array<{ code: CampaignErrorCode, message: string, path: Array<string> | null }> } };

export type DeleteCampaignMutationVariables = Exact<{
  campaignId: Scalars['ID']['input'];
  expectedRevision?: InputMaybe<Scalars['Long']['input']>;
}>;


export type DeleteCampaignMutation = { deleteCampaign: { deleted: boolean, userErrors: Array<{ code: CampaignErrorCode, message: string, path: Array<string> | null }> } };

export type AnnounceCampaignMutationVariables = Exact<{
  campaignId: Scalars['ID']['input'];
  expectedRevision?: InputMaybe<Scalars['Long']['input']>;
}>;


export type AnnounceCampaignMutation = { announceCampaign: { campaign: { id: string, phase: CampaignPhase } | null, userErrors: Array<{ code: CampaignErrorCode, message: string, path: Array<string> | null }> } };

export type ListMembersQueryVariables = Exact<{
  slug: Scalars['String']['input'];
}>;


export type ListMembersQuery = { serverTime: string, organisation: { id: string, requiresSecondFactor: boolean, members: Array<{ role: StaffRole, since: string, lacksSecondFactor: boolean, staff: { id: string, name: string, email: string, hasSecondFactor: boolean, isDisabled: boolean } }>, invitations: Array<{ id: string, email: string, role: StaffRole, createdAt: string, expiresAt: string }> } | null };

export type MembersFragment = { id: string, requiresSecondFactor: boolean, members: Array<{ role: StaffRole, since: string, lacksSecondFactor: boolean, staff: { id: string, name: string, email: string, hasSecondFactor: boolean, isDisabled: boolean } }>, invitations: Array<{ id: string, email: string, role: StaffRole, createdAt: string, expiresAt: string }> };

export type InviteStaffMutationVariables = Exact<{
  organisationId: Scalars['ID']['input'];
  email: Scalars['String']['input'];
  role: StaffRole;
}>;


export type InviteStaffMutation = { inviteStaff: { token: string | null, isMailed: boolean, invitation: { id: string, email: string, role: StaffRole, expiresAt: string } | null, userErrors: Array<{ code: MemberErrorCode, message: string, path: Array<string> | null }> } };

export type RevokeInvitationMutationVariables = Exact<{
  organisationId: Scalars['ID']['input'];
  invitationId: Scalars['ID']['input'];
}>;


export type RevokeInvitationMutation = { revokeInvitation: { organisation: { id: string, requiresSecondFactor: boolean, members: Array<{ role: StaffRole, since: string, lacksSecondFactor: boolean, staff: { id: string, name: string, email: string, hasSecondFactor: boolean, isDisabled: boolean } }>, invitations: Array<{ id: string, email: string, role: StaffRole, createdAt: string, expiresAt: string }> } | null, userErrors: Array<{ code: MemberErrorCode, message: string, path: Array<string> | null }> } };

export type GrantRoleMutationVariables = Exact<{
  organisationId: Scalars['ID']['input'];
  staffId: Scalars['ID']['input'];
  role: StaffRole;
}>;


export type GrantRoleMutation = { grantRole: { membership: { role: StaffRole } | null, userErrors: Array<{ code: MemberErrorCode, message: string, path: Array<string> | null }> } };

export type RevokeRoleMutationVariables = Exact<{
  organisationId: Scalars['ID']['input'];
  staffId: Scalars['ID']['input'];
}>;


export type RevokeRoleMutation = { revokeRole: { organisation: { id: string, requiresSecondFactor: boolean, members: Array<{ role: StaffRole, since: string, lacksSecondFactor: boolean, staff: { id: string, name: string, email: string, hasSecondFactor: boolean, isDisabled: boolean } }>, invitations: Array<{ id: string, email: string, role: StaffRole, createdAt: string, expiresAt: string }> } | null, userErrors: Array<{ code: MemberErrorCode, message: string, path: Array<string> | null }> } };

export type ListEventsQueryVariables = Exact<{
  slug: Scalars['String']['input'];
  first: Scalars['Int']['input'];
  after?: InputMaybe<Scalars['String']['input']>;
  campaignId?: InputMaybe<Scalars['ID']['input']>;
  actorId?: InputMaybe<Scalars['ID']['input']>;
  action?: InputMaybe<Scalars['String']['input']>;
  from?: InputMaybe<Scalars['DateTime']['input']>;
  to?: InputMaybe<Scalars['DateTime']['input']>;
}>;


export type ListEventsQuery = { serverTime: string, organisation: { id: string, auditEvents: { nodes: Array<{ id: string, at: string, actorKind: ActorKind, actorName: string, actorRole: StaffRole | null, action: string, subjectLabel: string, reason: string | null, subject: { __typename: 'AuditEvent' } | { __typename: 'Campaign', slug: string, title: string } | { __typename: 'Category', name: string } | { __typename: 'Export' } | { __typename: 'Import' } | { __typename: 'Nominee', number: number, name: string } | { __typename: 'Organisation', name: string } | { __typename: 'Report' } | { __typename: 'Story', id: string, title: string } | { __typename: 'Vote' } | null, campaign: { id: string, slug: string, title: string } | null, changes: Array<{ field: string, before: string | null, after: string | null }> }>, pageInfo: { endCursor: string | null, hasNextPage: boolean } } } | null };

export type LogEntryFragment = { id: string, at: string, actorKind: ActorKind, actorName: string, actorRole: StaffRole | null, action: string, subjectLabel: string, reason: string | null, subject: { __typename: 'AuditEvent' } | { __typename: 'Campaign', slug: string, title: string } | { __typename: 'Category', name: string } | { __typename: 'Export' } | { __typename: 'Import' } | { __typename: 'Nominee', number: number, name: string } | { __typename: 'Organisation', name: string } | { __typename: 'Report' } | { __typename: 'Story', id: string, title: string } | { __typename: 'Vote' } | null, campaign: { id: string, slug: string, title: string } | null, changes: Array<{ field: string, before: string | null, after: string | null }> };

export type ListFiltersQueryVariables = Exact<{
  slug: Scalars['String']['input'];
}>;


export type ListFiltersQuery = { organisation: { id: string, members: Array<{ staff: { id: string, name: string } }>, campaigns: { nodes: Array<{ id: string, title: string }> } } | null };

export const ListCampaigns: Operation<ListCampaignsQuery, ListCampaignsQueryVariables> = {
  id: "c049f7791101f37d2a666647695d38676e64f5cf281de857b1a1b9ba1df79d74",
  text: "query ListCampaigns($slug:String!$first:Int!$after:String){serverTime organisation(slug:$slug){id campaigns(first:$first after:$after){nodes{...CampaignLine}pageInfo{endCursor hasNextPage}totalCount}}}fragment CampaignLine on Campaign{id slug title coverUrl(size:SMALL)timeZone phase votingOpensAt votingClosesAt tally{countedVotes voters}desk{editRevision hasVotes nomineeCounts{active frozen withdrawn withoutPortrait}storyCounts{draft inReview approved scheduled published retracted}}}",
};

export const FindOrganisation: Operation<FindOrganisationQuery, FindOrganisationQueryVariables> = {
  id: "a8d0ccab3056291f834404340e81f74b61e5a0697526ecaf84780e41d6a1127e",
  text: "query FindOrganisation($slug:String!){organisation(slug:$slug){...OrganisationSettings}}fragment OrganisationSettings on Organisation{id slug name requiresSecondFactor editRevision}",
};

export const UpdateOrganisation: Operation<UpdateOrganisationMutation, UpdateOrganisationMutationVariables> = {
  id: "474f28ebf81456e1268422d65a9316f138539b06e64256f905aec9bbd6b5e82e",
  text: "fragment OrganisationSettings on Organisation{id slug name requiresSecondFactor editRevision}mutation UpdateOrganisation($organisationId:ID!$expectedRevision:Long!$name:String$requiresSecondFactor:Boolean){updateOrganisation(input:{organisationId:$organisationId expectedRevision:$expectedRevision name:$name requiresSecondFactor:$requiresSecondFactor}){organisation{...OrganisationSettings}userErrors{code message path}}}",
};

export const FindSlug: Operation<FindSlugQuery, FindSlugQueryVariables> = {
  id: "4cea1a7846ac7d1e350039efe7db67b83b52b17114e5bb5d66c14cac8b296f3c",
  text: "query FindSlug($slug:String!){campaign(slug:$slug){id}}",
};

export const CreateCampaign: Operation<CreateCampaignMutation, CreateCampaignMutationVariables> = {
  id: "0d745ed321afa2efccb6ef9f504527fdad01a311b00b0fd6659b9240edd7c1b1",
  text: "mutation CreateCampaign($input:CreateCampaignInput!){createCampaign(input:$input){campaign{id slug}userErrors{code message path}}}",
};

export const CloneCampaign: Operation<CloneCampaignMutation, CloneCampaignMutationVariables> = {
  id: "5738ea2d24d513f879ab2891defcdcb01eef4b136d25a7798f2d92c3c62d48b8",
  text: "mutation CloneCampaign($input:CloneCampaignInput!){cloneCampaign(input:$input){campaign{id slug}userErrors{code message path}}}",
};

export const DeleteCampaign: Operation<DeleteCampaignMutation, DeleteCampaignMutationVariables> = {
  id: "0b66a6d7eec8fe5c3eac40fa6303d669223ecbe8d68f76bed3aebebec40ddb66",
  text: "mutation DeleteCampaign($campaignId:ID!$expectedRevision:Long){deleteCampaign(input:{campaignId:$campaignId expectedRevision:$expectedRevision}){deleted userErrors{code message path}}}",
};

export const AnnounceCampaign: Operation<AnnounceCampaignMutation, AnnounceCampaignMutationVariables> = {
  id: "df864c6c1f159965c388cba1aee895d51912ede433d86125a1d663b7a28034e3",
  text: "mutation AnnounceCampaign($campaignId:ID!$expectedRevision:Long){announceCampaign(input:{campaignId:$campaignId expectedRevision:$expectedRevision}){campaign{id phase}userErrors{code message path}}}",
};

export const ListMembers: Operation<ListMembersQuery, ListMembersQueryVariables> = {
  id: "be2db4fce9d17a4d5b43d229fc973410758be5c72719a3b7237c885921798d2d",
  text: "query ListMembers($slug:String!){serverTime organisation(slug:$slug){...Members}}fragment Members on Organisation{id requiresSecondFactor members{role since lacksSecondFactor staff{id name email hasSecondFactor isDisabled}}invitations{id email role createdAt expiresAt}}",
};

export const InviteStaff: Operation<InviteStaffMutation, InviteStaffMutationVariables> = {
  id: "15ca9b7350afe8449286dfda225643836233094bcc7d83c944cc0cfc44dba6f2",
  text: "mutation InviteStaff($organisationId:ID!$email:String!$role:StaffRole!){inviteStaff(input:{organisationId:$organisationId email:$email role:$role}){invitation{id email role expiresAt}token isMailed userErrors{code message path}}}",
};

export const RevokeInvitation: Operation<RevokeInvitationMutation, RevokeInvitationMutationVariables> = {
  id: "9e4e4c59cea30f99d393e795a84b9454e84553d7c544e6c996acc32f5cba27ae",
  text: "fragment Members on Organisation{id requiresSecondFactor members{role since lacksSecondFactor staff{id name email hasSecondFactor isDisabled}}invitations{id email role createdAt expiresAt}}mutation RevokeInvitation($organisationId:ID!$invitationId:ID!){revokeInvitation(input:{organisationId:$organisationId invitationId:$invitationId}){organisation{...Members}userErrors{code message path}}}",
};

export const GrantRole: Operation<GrantRoleMutation, GrantRoleMutationVariables> = {
  id: "b0e30be989d390de85a9d42e9e4621a4c1200909f1566cc622a29c03e6d17883",
  text: "mutation GrantRole($organisationId:ID!$staffId:ID!$role:StaffRole!){grantRole(input:{organisationId:$organisationId staffId:$staffId role:$role}){membership{role}userErrors{code message path}}}",
};

export const RevokeRole: Operation<RevokeRoleMutation, RevokeRoleMutationVariables> = {
  id: "02e71cbc3397f5a24429895f04b6492805f79d1cf2e4b24c9ab7011428931c49",
  text: "fragment Members on Organisation{id requiresSecondFactor members{role since lacksSecondFactor staff{id name email hasSecondFactor isDisabled}}invitations{id email role createdAt expiresAt}}mutation RevokeRole($organisationId:ID!$staffId:ID!){revokeRole(input:{organisationId:$organisationId staffId:$staffId}){organisation{...Members}userErrors{code message path}}}",
};

export const ListEvents: Operation<ListEventsQuery, ListEventsQueryVariables> = {
  id: "744f18c91f04e4a569bc288c29f18288d6e527bb2afe11b82779fa91c23e724c",
  text: "query ListEvents($slug:String!$first:Int!$after:String$campaignId:ID$actorId:ID$action:String$from:DateTime$to:DateTime){serverTime organisation(slug:$slug){id auditEvents(first:$first after:$after campaignId:$campaignId actorId:$actorId action:$action from:$from to:$to){nodes{...LogEntry}pageInfo{endCursor hasNextPage}}}}fragment LogEntry on AuditEvent{id at actorKind actorName actorRole action subject{__typename ...on Nominee{number name}...on Story{id title}...on Campaign{slug title}...on Category{name}...on Organisation{name}}subjectLabel campaign{id slug title}changes{field before after}reason}",
};

export const ListFilters: Operation<ListFiltersQuery, ListFiltersQueryVariables> = {
  id: "dddb76d889f26d2306bdf3fc578a575bb7991adb329da0b866ba053e7deffbd3",
  text: "query ListFilters($slug:String!){organisation(slug:$slug){id members{staff{id name}}campaigns(first:100){nodes{id title}}}}",
};
