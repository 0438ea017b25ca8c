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

export type DeskTallyFragment = { version: number, asOf: string, rawVotes: number, countedVotes: number, guestVotes: number, withdrawnVotes: number, withheldVotes: number, voters: number, entries: Array<{ votes: number, guestVotes: number, rank: number, nominee: { number: number } }> };

export type FindDeskTallyQueryVariables = Exact<{
  slug: Scalars['String']['input'];
}>;


export type FindDeskTallyQuery = { serverTime: string, campaign: { tally: { version: number, asOf: string, rawVotes: number, countedVotes: number, guestVotes: number, withdrawnVotes: number, withheldVotes: number, voters: number, entries: Array<{ votes: number, guestVotes: number, rank: number, nominee: { number: number } }> } | null } | null };

export type WatchDeskTallySubscriptionVariables = Exact<{
  campaignId: Scalars['ID']['input'];
}>;


export type WatchDeskTallySubscription = { tallyChanged: { version: number, asOf: string, rawVotes: number, countedVotes: number, guestVotes: number, withdrawnVotes: number, withheldVotes: number, voters: number, entries: Array<{ votes: number, guestVotes: number, rank: number, nominee: { number: number } }> } };

export type TurnoutFragment = { at: string, votes: number, page: number, miniProgram: number, other: number, guests: number };

export type FindTurnoutQueryVariables = Exact<{
  slug: Scalars['String']['input'];
  by: TurnoutStep;
  from?: InputMaybe<Scalars['DateTime']['input']>;
}>;


export type FindTurnoutQuery = { campaign: { desk: { turnout: Array<{ at: string, votes: number, page: number, miniProgram: number, other: number, guests: number }> } | null } | null };

export type FindVotersByWayQueryVariables = Exact<{
  slug: Scalars['String']['input'];
}>;


export type FindVotersByWayQuery = { campaign: { desk: { votersByWay: Array<{ kind: IdentityKind | null, voters: number }> } | null } | null };

export type FindPaceQueryVariables = Exact<{
  slug: Scalars['String']['input'];
  from: Scalars['DateTime']['input'];
  before: Scalars['DateTime']['input'];
  beforeEnd: Scalars['DateTime']['input'];
}>;


export type FindPaceQuery = { serverTime: string, campaign: { desk: { lastHour: Array<{ at: string, votes: number }>, before: Array<{ at: string, votes: number }> } | null } | null };

export type FindOverviewQueryVariables = Exact<{
  slug: Scalars['String']['input'];
  today: Scalars['DateTime']['input'];
  now: Scalars['DateTime']['input'];
}>;


export type FindOverviewQuery = { serverTime: string, campaign: { desk: { storyViews: number, stories: { nodes: Array<{ id: string }> }, imports: { nodes: Array<{ id: string, kind: ImportKind, status: ImportStatus, totalRows: number, faulty: number }> }, exports: Array<{ id: string, status: ExportStatus }> } | null } | null };

export type ListNextStoriesQueryVariables = Exact<{
  slug: Scalars['String']['input'];
  from: Scalars['DateTime']['input'];
  to?: InputMaybe<Scalars['DateTime']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
}>;


export type ListNextStoriesQuery = { campaign: { desk: { stories: { nodes: Array<{ id: string, title: string, publishedAt: string, nominee: { number: number, name: string } | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } } | null } | null };

export const FindDeskTally: Operation<FindDeskTallyQuery, FindDeskTallyQueryVariables> = {
  id: "25d53a7b86a2c4f1ceb0f7ce69262e45ebfbdd8e6789e5fa6c18e2b3c81cba8e",
  text: "fragment DeskTally on Tally{version asOf rawVotes countedVotes guestVotes withdrawnVotes withheldVotes voters entries{votes guestVotes rank nominee{number}}}query FindDeskTally($slug:String!){serverTime campaign(slug:$slug){tally{...DeskTally}}}",
};

export const WatchDeskTally: Operation<WatchDeskTallySubscription, WatchDeskTallySubscriptionVariables> = {
  id: "86919b58a38df6e01f563f31a209309938360250653976cb7c79c968dc343075",
  text: "fragment DeskTally on Tally{version asOf rawVotes countedVotes guestVotes withdrawnVotes withheldVotes voters entries{votes guestVotes rank nominee{number}}}subscription WatchDeskTally($campaignId:ID!){tallyChanged(campaignId:$campaignId){...DeskTally}}",
};

export const FindTurnout: Operation<FindTurnoutQuery, FindTurnoutQueryVariables> = {
  id: "42b8d90f28cf8f960292683f7dbc5db0c474f414f90ea9404c750cb06bb68448",
  text: "fragment Turnout on TurnoutPoint{at votes page miniProgram other guests}query FindTurnout($slug:String!$by:TurnoutStep!$from:DateTime){campaign(slug:$slug){desk{turnout(by:$by from:$from){...Turnout}}}}",
};

export const FindVotersByWay: Operation<FindVotersByWayQuery, FindVotersByWayQueryVariables> = {
  id: "a2e8552c1090194947b5ace4453f535a9851886dbf8828eb473d70d7449383f0",
  text: "query FindVotersByWay($slug:String!){campaign(slug:$slug){desk{votersByWay{kind voters}}}}",
};

export const FindPace: Operation<FindPaceQuery, FindPaceQueryVariables> = {
  id: "a2c35f2acf99b7ec1ca288aecd95599c6542aff9356cdee4bc0dc4a5b5d19ca5",
  text: "query FindPace($slug:String!$from:DateTime!$before:DateTime!$beforeEnd:DateTime!){serverTime campaign(slug:$slug){desk{lastHour:turnout(by:MINUTE from:$from){at votes}before:turnout(by:MINUTE from:$before to:$beforeEnd){at votes}}}}",
};

export const FindOverview: Operation<FindOverviewQuery, FindOverviewQueryVariables> = {
  id: "f031700147e683a2ca19a212aeb0eef852d4b68abeff6d58fa41fa3ef8bcee36",
  text: "query FindOverview($slug:String!$today:DateTime!$now:DateTime!){serverTime campaign(slug:$slug){desk{storyViews stories(first:100 state:PUBLISHED from:$today to:$now){nodes{id}}imports(first:10){nodes{id kind status totalRows faulty}}exports{id status}}}}",
};

export const ListNextStories: Operation<ListNextStoriesQuery, ListNextStoriesQueryVariables> = {
  id: "2d55e16f291a4d41c3a7217b13f9252c30bab1080c29a15a984f780855c42dee",
  text: "query ListNextStories($slug:String!$from:DateTime!$to:DateTime$after:String){campaign(slug:$slug){desk{stories(first:100 after:$after state:SCHEDULED from:$from to:$to){nodes{id title publishedAt nominee{number name}}pageInfo{hasNextPage endCursor}}}}}",
};
