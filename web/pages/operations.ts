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

export type QuotaPartsFragment = { limit: number, used: number, remaining: number, resetsAt: string | null, category: { id: string } | null };

export type NomineeCardFragment = { id: string, number: number, name: string, employer: string, city: string | null, title: string | null, portraitUrl: string | null, status: NomineeStatus, votes: number | null, rank: number | null, viewerHasVoted: boolean | null, category: { id: string } };

export type StoryCardFragment = { id: string, title: string, summary: string, coverUrl: string | null, publishedAt: string, likeCount: number, viewerHasLiked: boolean | null, nominee: { number: number, name: string, portraitUrl: string | null } | null };

export type FindCampaignQueryVariables = Exact<{
  slug: Scalars['String']['input'];
}>;


export type FindCampaignQuery = { serverTime: string, signInWays: Array<{ kind: IdentityKind, name: string | null, path: string | null }>, campaign: { id: string, title: string, summary: string, coverUrl: string | null, timeZone: string, phase: CampaignPhase, votingOpensAt: string, votingClosesAt: string, ticket: string, smallCoverUrl: string | null, rules: { period: QuotaPeriod, scope: QuotaScope, votesPerPeriod: number, tallyVisibility: TallyVisibility, admits: Array<IdentityKind> }, categories: Array<{ id: string, key: string, name: string, shortlistSize: number, nomineeCount: number }>, tally: { countedVotes: number, voters: number } | null, amendments: Array<{ at: string, subjectLabel: string, reason: string, changes: Array<{ field: string, before: string | null, after: string | null }> }>, viewerQuotas: Array<{ limit: number, used: number, remaining: number, resetsAt: string | null, category: { id: string } | null }> | null } | null };

export type ListNomineesQueryVariables = Exact<{
  slug: Scalars['String']['input'];
  first: Scalars['Int']['input'];
  after?: InputMaybe<Scalars['String']['input']>;
  category?: InputMaybe<Scalars['ID']['input']>;
  search?: InputMaybe<Scalars['String']['input']>;
  orderBy: NomineeOrder;
  seed?: InputMaybe<Scalars['String']['input']>;
}>;


export type ListNomineesQuery = { campaign: { nominees: { totalCount: number, nodes: Array<{ id: string, number: number, name: string, employer: string, city: string | null, title: string | null, portraitUrl: string | null, status: NomineeStatus, votes: number | null, rank: number | null, viewerHasVoted: boolean | null, category: { id: string } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } } | null };

export type FindNomineeQueryVariables = Exact<{
  slug: Scalars['String']['input'];
  number: Scalars['Int']['input'];
}>;


export type FindNomineeQuery = { campaign: { nominee: { summary: string, likeCount: number, viewCount: number, viewerHasLiked: boolean | null, id: string, number: number, name: string, employer: string, city: string | null, title: string | null, portraitUrl: string | null, status: NomineeStatus, votes: number | null, rank: number | null, viewerHasVoted: boolean | null, largePortraitUrl: string | null, stories: { nodes: Array<{ id: string, title: string, summary: string, coverUrl: string | null, publishedAt: string, likeCount: number, viewerHasLiked: boolean | null, media: Array<{ kind: MediaKind, url: string, title: string }>, nominee: { number: number, name: string, portraitUrl: string | null } | null }> }, category: { id: string } } | null } | null };

export type ListStoriesQueryVariables = Exact<{
  slug: Scalars['String']['input'];
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
}>;


export type ListStoriesQuery = { campaign: { id: string, stories: { edges: Array<{ cursor: string, node: { id: string, title: string, summary: string, coverUrl: string | null, publishedAt: string, likeCount: number, viewerHasLiked: boolean | null, nominee: { number: number, name: string, portraitUrl: string | null } | null } }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, endCursor: string | null } } } | null };

export type FindStoryQueryVariables = Exact<{
  id: Scalars['ID']['input'];
}>;


export type FindStoryQuery = { story: { body: string, viewCount: number, id: string, title: string, summary: string, coverUrl: string | null, publishedAt: string, likeCount: number, viewerHasLiked: boolean | null, media: Array<{ kind: MediaKind, url: string, title: string }>, nominee: { number: number, name: string, portraitUrl: string | null, id: string, employer: string, city: string | null, title: string | null, status: NomineeStatus, votes: number | null, rank: number | null, viewerHasVoted: boolean | null, category: { id: string } } | null } | null };

export type StoryLinkFragment = { id: string, title: string, coverUrl: string | null };

export type FindStoriesBesideQueryVariables = Exact<{
  id: Scalars['ID']['input'];
}>;


export type FindStoriesBesideQuery = { story: { newer: { id: string, title: string, coverUrl: string | null } | null, older: { id: string, title: string, coverUrl: string | null } | null } | null };

export type FindResultQueryVariables = Exact<{
  slug: Scalars['String']['input'];
}>;


export type FindResultQuery = { serverTime: string, campaign: { withholdings: Array<{ kind: WithholdingKind, reason: string, votes: number, withheldAt: string }>, tally: { rawVotes: number, countedVotes: number, guestVotes: number, withdrawnVotes: number, withheldVotes: number, voters: number, entries: Array<{ votes: number, rank: number, nominee: { number: number, name: string, employer: string, portraitUrl: string | null, category: { id: string } } }> } | null } | null };

export type FindBoardQueryVariables = Exact<{
  slug: Scalars['String']['input'];
}>;


export type FindBoardQuery = { serverTime: string, campaign: { id: string, title: string, timeZone: string, phase: CampaignPhase, votingOpensAt: string, votingClosesAt: string, rules: { tallyVisibility: TallyVisibility }, categories: Array<{ id: string, key: string, name: string, shortlistSize: number, nomineeCount: number }>, tally: { version: number, asOf: string, rawVotes: number, countedVotes: number, withdrawnVotes: number, withheldVotes: number, voters: number, entries: Array<{ votes: number, rank: number, nominee: { number: number } }> } | null } | null };

export type ListRosterQueryVariables = Exact<{
  slug: Scalars['String']['input'];
  first: Scalars['Int']['input'];
  after?: InputMaybe<Scalars['String']['input']>;
}>;


export type ListRosterQuery = { campaign: { nominees: { nodes: Array<{ number: number, name: string, employer: string, portraitUrl: string | null, largePortraitUrl: string | null, category: { id: string } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } } | null };

export type BoardTallyFragment = { version: number, asOf: string, rawVotes: number, countedVotes: number, withdrawnVotes: number, withheldVotes: number, voters: number, entries: Array<{ votes: number, rank: number, nominee: { number: number } }> };

export type WatchTallySubscriptionVariables = Exact<{
  campaignId: Scalars['ID']['input'];
}>;


export type WatchTallySubscription = { tallyChanged: { version: number, asOf: string, rawVotes: number, countedVotes: number, withdrawnVotes: number, withheldVotes: number, voters: number, entries: Array<{ votes: number, rank: number, nominee: { number: number } }> } };

export type WatchStoriesSubscriptionVariables = Exact<{
  campaignId: Scalars['ID']['input'];
}>;


export type WatchStoriesSubscription = { storyPublished: { id: string } };

export type FindShareSignatureQueryVariables = Exact<{
  url: Scalars['String']['input'];
}>;


export type FindShareSignatureQuery = { shareSignature: { appId: string, nonce: string, timestamp: number, signature: string } | null };

export type FindKeptQueryVariables = Exact<{ [key: string]: never; }>;


export type FindKeptQuery = { voterRetentionDays: number, viewer: { id: string, forgetDueAt: string | null, identities: Array<{ kind: IdentityKind | null, since: string }>, votes: { nodes: Array<{ at: string, subject: string | null, campaign: string | null }>, pageInfo: { hasNextPage: boolean } }, likes: { nodes: Array<{ at: string, subject: string | null, campaign: string | null }>, pageInfo: { hasNextPage: boolean } } } | null };

export type ForgetMeMutationVariables = Exact<{ [key: string]: never; }>;


export type ForgetMeMutation = { forgetMe: { dueAt: string } };

export const FindCampaign: Operation<FindCampaignQuery, FindCampaignQueryVariables> = {
  id: "f2d59681bb3129daef5df7816f6e908b9a4c30166ec81eba89ad71d5f33b5f0f",
  text: "fragment QuotaParts on Quota{category{id}limit used remaining resetsAt}query FindCampaign($slug:String!){serverTime signInWays{kind name path}campaign(slug:$slug){id title summary coverUrl smallCoverUrl:coverUrl(size:SMALL)timeZone phase votingOpensAt votingClosesAt ticket rules{period scope votesPerPeriod tallyVisibility admits}categories{id key name shortlistSize nomineeCount}tally{countedVotes voters}amendments{at subjectLabel changes{field before after}reason}viewerQuotas{...QuotaParts}}}",
};

export const ListNominees: Operation<ListNomineesQuery, ListNomineesQueryVariables> = {
  id: "d2224d40e8268b188b21cb960c239079d96cc2d854510bb0d3bb4d1e4dee329c",
  text: "fragment NomineeCard on Nominee{id number name employer city title portraitUrl(size:SMALL)status votes rank viewerHasVoted category{id}}query ListNominees($slug:String!$first:Int!$after:String$category:ID$search:String$orderBy:NomineeOrder!$seed:String){campaign(slug:$slug){nominees(first:$first after:$after category:$category search:$search orderBy:$orderBy seed:$seed){nodes{...NomineeCard}pageInfo{hasNextPage endCursor}totalCount}}}",
};

export const FindNominee: Operation<FindNomineeQuery, FindNomineeQueryVariables> = {
  id: "6bdaf6041d889fe5d649100e9b08cf84c20c5af327fb29d9070a872a3e781f58",
  text: "fragment NomineeCard on Nominee{id number name employer city title portraitUrl(size:SMALL)status votes rank viewerHasVoted category{id}}fragment StoryCard on Story{id title summary coverUrl publishedAt likeCount viewerHasLiked nominee{number name portraitUrl(size:SMALL)}}query FindNominee($slug:String!$number:Int!){campaign(slug:$slug){nominee(number:$number){...NomineeCard largePortraitUrl:portraitUrl summary likeCount viewCount viewerHasLiked stories(first:20){nodes{...StoryCard media{kind url title}}}}}}",
};

export const ListStories: Operation<ListStoriesQuery, ListStoriesQueryVariables> = {
  id: "726aeb179e95fac8d7c44a66075335e8291b2e7bdfbe0b34c6c4a735642fb297",
  text: "fragment StoryCard on Story{id title summary coverUrl publishedAt likeCount viewerHasLiked nominee{number name portraitUrl(size:SMALL)}}query ListStories($slug:String!$first:Int$after:String$last:Int$before:String){campaign(slug:$slug){id stories(first:$first after:$after last:$last before:$before){edges{cursor node{...StoryCard}}pageInfo{hasNextPage hasPreviousPage endCursor}}}}",
};

export const FindStory: Operation<FindStoryQuery, FindStoryQueryVariables> = {
  id: "7037b2cc3da02dc5ca9f5fff7a1cab011909039d1984f53cdc9b410a71fb0b63",
  text: "fragment NomineeCard on Nominee{id number name employer city title portraitUrl(size:SMALL)status votes rank viewerHasVoted category{id}}fragment StoryCard on Story{id title summary coverUrl publishedAt likeCount viewerHasLiked nominee{number name portraitUrl(size:SMALL)}}query FindStory($id:ID!){story(id:$id){...StoryCard body(format:HTML)viewCount media{kind url title}nominee{...NomineeCard}}}",
};

export const FindStoriesBeside: Operation<FindStoriesBesideQuery, FindStoriesBesideQueryVariables> = {
  id: "3f84aed9a8498667d5dd3b66e0d84cc20423d2f1b814ba998528d4986f1bf7f4",
  text: "fragment StoryLink on Story{id title coverUrl(size:SMALL)}query FindStoriesBeside($id:ID!){story(id:$id){newer{...StoryLink}older{...StoryLink}}}",
};

export const FindResult: Operation<FindResultQuery, FindResultQueryVariables> = {
  id: "e92f551bd3c0a918766bbba771b8daba8640c0854132f0a021938f9f7ac9b557",
  text: "query FindResult($slug:String!){serverTime campaign(slug:$slug){withholdings{kind reason votes withheldAt}tally{rawVotes countedVotes guestVotes withdrawnVotes withheldVotes voters entries{votes rank nominee{number name employer portraitUrl(size:SMALL)category{id}}}}}}",
};

export const FindBoard: Operation<FindBoardQuery, FindBoardQueryVariables> = {
  id: "33102952dcf35b11ce10e68813a33fed85bc13556347d774f01c75fea7481f53",
  text: "query FindBoard($slug:String!){serverTime campaign(slug:$slug){id title timeZone phase votingOpensAt votingClosesAt rules{tallyVisibility}categories{id key name shortlistSize nomineeCount}tally{...BoardTally}}}fragment BoardTally on Tally{version asOf rawVotes countedVotes withdrawnVotes withheldVotes voters entries{votes rank nominee{number}}}",
};

export const ListRoster: Operation<ListRosterQuery, ListRosterQueryVariables> = {
  id: "5b7a93e2cf477e2b76c7703e98a4ad2bbd42861737ff743aeff1c2bbacd32bf3",
  text: "query ListRoster($slug:String!$first:Int!$after:String){campaign(slug:$slug){nominees(first:$first after:$after){nodes{number name employer portraitUrl(size:SMALL)largePortraitUrl:portraitUrl category{id}}pageInfo{hasNextPage endCursor}}}}",
};

export const WatchTally: Operation<WatchTallySubscription, WatchTallySubscriptionVariables> = {
  id: "4572e43b5df6beb12b95fa536058c3f602e376da4cfec50c47006b51cc4eac1d",
  text: "fragment BoardTally on Tally{version asOf rawVotes countedVotes withdrawnVotes withheldVotes voters entries{votes rank nominee{number}}}subscription WatchTally($campaignId:ID!){tallyChanged(campaignId:$campaignId){...BoardTally}}",
};

export const WatchStories: Operation<WatchStoriesSubscription, WatchStoriesSubscriptionVariables> = {
  id: "cf4942689ab538e70e34266393cf0f3441578ee946b599dfbc45a137fc9e1727",
  text: "subscription WatchStories($campaignId:ID!){storyPublished(campaignId:$campaignId){id}}",
};

export const FindShareSignature: Operation<FindShareSignatureQuery, FindShareSignatureQueryVariables> = {
  id: "3e98ffaad73837ddc95b9ca8d2290be8c665e1eb549d214f5a3beb0ad73cb116",
  text: "query FindShareSignature($url:String!){shareSignature(url:$url){appId nonce timestamp signature}}",
};

export const FindKept: Operation<FindKeptQuery, FindKeptQueryVariables> = {
  id: "c6b2775af5c789765275a77f8c9a7fb8ed7f8c02ba1d1d6a3bbbda873263b9b7",
  text: "query FindKept{voterRetentionDays viewer{id forgetDueAt identities{kind since}votes(first:100){nodes{at subject campaign}pageInfo{hasNextPage}}likes(first:100){nodes{at subject campaign}pageInfo{hasNextPage}}}}",
};

export const ForgetMe: Operation<ForgetMeMutation, ForgetMeMutationVariables> = {
  id: "f93791462d8a5f1d2f81649d2242c468043062ac9324e380853215e70dfa83aa",
  text: "mutation ForgetMe{forgetMe{dueAt}}",
};
