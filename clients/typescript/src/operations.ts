// Written by web/operations.js from operations.graphql and schema.graphql.
import type { Operation } from "./document.js";

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

export type SignedInFragment = { session: { accessToken: string, accessTokenExpiresAt: string, refreshToken: string } | null, userErrors: Array<{ code: SignInErrorCode, message: string }> };

export type SignInGuestMutationVariables = Exact<{
  deviceId: Scalars['String']['input'];
}>;


export type SignInGuestMutation = { signInGuest: { session: { accessToken: string, accessTokenExpiresAt: string, refreshToken: string } | null, userErrors: Array<{ code: SignInErrorCode, message: string }> } };

export type SignInMiniProgramMutationVariables = Exact<{
  platform: MiniProgramPlatform;
  code: Scalars['String']['input'];
}>;


export type SignInMiniProgramMutation = { signInMiniProgram: { session: { accessToken: string, accessTokenExpiresAt: string, refreshToken: string } | null, userErrors: Array<{ code: SignInErrorCode, message: string }> } };

export type SignInMiniProgramPhoneMutationVariables = Exact<{
  platform: MiniProgramPlatform;
  code: Scalars['String']['input'];
}>;


export type SignInMiniProgramPhoneMutation = { signInMiniProgramPhone: { session: { accessToken: string, accessTokenExpiresAt: string, refreshToken: string } | null, userErrors: Array<{ code: SignInErrorCode, message: string }> } };

export type RequestPhoneCodeMutationVariables = Exact<{
  phone: Scalars['String']['input'];
}>;


export type RequestPhoneCodeMutation = { requestPhoneCode: { retryAt: string | null, userErrors: Array<{ code: SignInErrorCode, message: string }> } };

export type SignInPhoneMutationVariables = Exact<{
  phone: Scalars['String']['input'];
  code: Scalars['String']['input'];
}>;


export type SignInPhoneMutation = { signInPhone: { session: { accessToken: string, accessTokenExpiresAt: string, refreshToken: string } | null, userErrors: Array<{ code: SignInErrorCode, message: string }> } };

export type SignInStaffMutationVariables = Exact<{
  email: Scalars['String']['input'];
  password: Scalars['String']['input'];
  secondFactorCode?: InputMaybe<Scalars['String']['input']>;
}>;


export type SignInStaffMutation = { signInStaff: { session: { accessToken: string, accessTokenExpiresAt: string, refreshToken: string } | null, userErrors: Array<{ code: SignInErrorCode, message: string }> } };

export type RedeemHandOverMutationVariables = Exact<{
  code: Scalars['String']['input'];
}>;


export type RedeemHandOverMutation = { redeemHandOver: { session: { accessToken: string, accessTokenExpiresAt: string, refreshToken: string } | null, userErrors: Array<{ code: SignInErrorCode, message: string }> } };

export type CreateHandOverMutationVariables = Exact<{ [key: string]: never; }>;


export type CreateHandOverMutation = { createHandOver: { code: string } };

export type RefreshSessionMutationVariables = Exact<{
  refreshToken: Scalars['String']['input'];
}>;


export type RefreshSessionMutation = { refreshSession: { session: { accessToken: string, accessTokenExpiresAt: string, refreshToken: string } | null, userErrors: Array<{ code: SignInErrorCode, message: string }> } };

export type SignOutMutationVariables = Exact<{
  refreshToken: Scalars['String']['input'];
}>;


export type SignOutMutation = { signOut: { signedOut: boolean } };

export type SignInWaysQueryVariables = Exact<{ [key: string]: never; }>;


export type SignInWaysQuery = { signInWays: Array<{ kind: IdentityKind, name: string | null, path: string | null }> };

export type QuotaPartsFragment = { limit: number, used: number, remaining: number, resetsAt: string | null, category: { id: string, name: string } | null };

export type CastVoteMutationVariables = Exact<{
  nomineeId: Scalars['ID']['input'];
  idempotencyKey: Scalars['UUID']['input'];
  challengeSolution?: InputMaybe<Scalars['String']['input']>;
  ticket?: InputMaybe<Scalars['String']['input']>;
  sharedBy?: InputMaybe<Scalars['ID']['input']>;
}>;


export type CastVoteMutation = { castVote: { challenge: { algorithm: ChallengeAlgorithm, parameters: string } | null, nominee: { id: string, votes: number | null, viewerHasVoted: boolean | null } | null, quota: { limit: number, used: number, remaining: number, resetsAt: string | null, category: { id: string, name: string } | null } | null, userErrors: Array<{ code: CastVoteErrorCode, message: string }> } };

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

export type ReadCampaignQueryVariables = Exact<{
  slug: Scalars['String']['input'];
}>;


export type ReadCampaignQuery = { serverTime: string, campaign: { id: string, slug: string, title: string, phase: CampaignPhase, votingOpensAt: string, votingClosesAt: string, ticket: string, viewerQuotas: Array<{ limit: number, used: number, remaining: number, resetsAt: string | null, category: { id: string, name: string } | null }> | null, categories: Array<{ id: string, name: string }> } | null };

export type ReadNomineesQueryVariables = Exact<{
  slug: Scalars['String']['input'];
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  category?: InputMaybe<Scalars['ID']['input']>;
  orderBy?: NomineeOrder;
  seed?: InputMaybe<Scalars['String']['input']>;
}>;


export type ReadNomineesQuery = { campaign: { nominees: { nodes: Array<{ id: string, number: number, name: string, employer: string, title: string | null, portraitUrl: string | null, votes: number | null, viewerHasVoted: boolean | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } } | null };

export type ReadStoriesQueryVariables = Exact<{
  slug: Scalars['String']['input'];
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
}>;


export type ReadStoriesQuery = { campaign: { stories: { nodes: Array<{ id: string, title: string, summary: string, coverUrl: string | null, publishedAt: string, likeCount: number, viewerHasLiked: boolean | null, nominee: { number: number, name: string } | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } } | null };

export type WatchTallySubscriptionVariables = Exact<{
  campaignId: Scalars['ID']['input'];
}>;


export type WatchTallySubscription = { tallyChanged: { version: number, countedVotes: number, entries: Array<{ votes: number, nominee: { id: string, number: number } }> } };

export const SignInGuest: Operation<SignInGuestMutation, SignInGuestMutationVariables> = {
  id: "dd322c8b90cb29ea6dd3ff74410ab6b95d8cb785e926b7f5c906e41528281e03",
  text: "fragment SignedIn on SignInPayload{session{accessToken accessTokenExpiresAt refreshToken}userErrors{code message}}mutation SignInGuest($deviceId:String!){signInGuest(input:{deviceId:$deviceId}){...SignedIn}}",
};

export const SignInMiniProgram: Operation<SignInMiniProgramMutation, SignInMiniProgramMutationVariables> = {
  id: "77066f6d939c5a213107239dd712b837ec3a4a6dd4129965d6e1fe1aa5dc7fdd",
  text: "fragment SignedIn on SignInPayload{session{accessToken accessTokenExpiresAt refreshToken}userErrors{code message}}mutation SignInMiniProgram($platform:MiniProgramPlatform!$code:String!){signInMiniProgram(input:{platform:$platform code:$code}){...SignedIn}}",
};

export const SignInMiniProgramPhone: Operation<SignInMiniProgramPhoneMutation, SignInMiniProgramPhoneMutationVariables> = {
  id: "c6aa959146a242bfd9f47255389c02c6661753a7703df8bded61ea312b581e8c",
  text: "fragment SignedIn on SignInPayload{session{accessToken accessTokenExpiresAt refreshToken}userErrors{code message}}mutation SignInMiniProgramPhone($platform:MiniProgramPlatform!$code:String!){signInMiniProgramPhone(input:{platform:$platform code:$code}){...SignedIn}}",
};

export const RequestPhoneCode: Operation<RequestPhoneCodeMutation, RequestPhoneCodeMutationVariables> = {
  id: "ef006e883206ee9d05283892a75811dac504ba6b65424f44d6ec1c43ccfc46e0",
  text: "mutation RequestPhoneCode($phone:String!){requestPhoneCode(input:{phone:$phone}){retryAt userErrors{code message}}}",
};

export const SignInPhone: Operation<SignInPhoneMutation, SignInPhoneMutationVariables> = {
  id: "01313e6b0984cf6805e771adbb7230a2076b1f28d19d96f25b0fe80f4e769a4a",
  text: "fragment SignedIn on SignInPayload{session{accessToken accessTokenExpiresAt refreshToken}userErrors{code message}}mutation SignInPhone($phone:String!$code:String!){signInPhone(input:{phone:$phone code:$code}){...SignedIn}}",
};

export const SignInStaff: Operation<SignInStaffMutation, SignInStaffMutationVariables> = {
  id: "3d23f63b3d682c7f112070167f0315cf71a8f99e1c337cd14461a99a2422b29a",
  text: "fragment SignedIn on SignInPayload{session{accessToken accessTokenExpiresAt refreshToken}userErrors{code message}}mutation SignInStaff($email:String!$password:String!$secondFactorCode:String){signInStaff(input:{email:$email password:$password secondFactorCode:$secondFactorCode}){...SignedIn}}",
};

export const RedeemHandOver: Operation<RedeemHandOverMutation, RedeemHandOverMutationVariables> = {
  id: "19542aafddd384c99ae38a5c44c012e344a73920c5b80e0a24855db521c47c10",
  text: "fragment SignedIn on SignInPayload{session{accessToken accessTokenExpiresAt refreshToken}userErrors{code message}}mutation RedeemHandOver($code:String!){redeemHandOver(input:{code:$code}){...SignedIn}}",
};

export const CreateHandOver: Operation<CreateHandOverMutation, CreateHandOverMutationVariables> = {
  id: "c9f880bfac86273a329dc5f7f4738fcf6d0a9c9563c715bc38acb5ec84e22b04",
  text: "mutation CreateHandOver{createHandOver{code}}",
};

export const RefreshSession: Operation<RefreshSessionMutation, RefreshSessionMutationVariables> = {
  id: "2dc888b4284b161bc28165a584c9d7e6d5f9db110da187f40266d44ec685cb22",
  text: "fragment SignedIn on SignInPayload{session{accessToken accessTokenExpiresAt refreshToken}userErrors{code message}}mutation RefreshSession($refreshToken:String!){refreshSession(input:{refreshToken:$refreshToken}){...SignedIn}}",
};

export const SignOut: Operation<SignOutMutation, SignOutMutationVariables> = {
  id: "037381ae56b212707ea36841e61ffb9350626679e6e53d3fe67d649d5163f1e0",
  text: "mutation SignOut($refreshToken:String!){signOut(input:{refreshToken:$refreshToken}){signedOut}}",
};

export const SignInWays: Operation<SignInWaysQuery, SignInWaysQueryVariables> = {
  id: "797cb034ca8fab620bfd50d810b24ee5f91cbcd4851f612f4588d9a2d96a99d5",
  text: "query SignInWays{signInWays{kind name path}}",
};

export const CastVote: Operation<CastVoteMutation, CastVoteMutationVariables> = {
  id: "94702fc4ced3cdd46ef4a8afdbbba6a432e84a0a6488d45c65bff744b3c3f06f",
  text: "fragment QuotaParts on Quota{category{id name}limit used remaining resetsAt}mutation CastVote($nomineeId:ID!$idempotencyKey:UUID!$challengeSolution:String$ticket:String$sharedBy:ID){castVote(input:{nomineeId:$nomineeId idempotencyKey:$idempotencyKey challengeSolution:$challengeSolution ticket:$ticket sharedBy:$sharedBy}){challenge{algorithm parameters}nominee{id votes viewerHasVoted}quota{...QuotaParts}userErrors{code message}}}",
};

export const SetLike: Operation<SetLikeMutation, SetLikeMutationVariables> = {
  id: "2fd6cbe0670eeabcf80d75e95fcd61d20fd48b9274d78eec41b38e9632df4da8",
  text: "mutation SetLike($subjectId:ID!$liked:Boolean!){setLike(input:{subjectId:$subjectId liked:$liked}){subject{likeCount viewerHasLiked}userErrors{code message}}}",
};

export const RecordViews: Operation<RecordViewsMutation, RecordViewsMutationVariables> = {
  id: "d277051150536b88a4f6db3c7820d2d149044f12e47331b1582acd42ab55cc12",
  text: "mutation RecordViews($subjectIds:[ID!]!$key:UUID!){recordViews(input:{subjectIds:$subjectIds idempotencyKey:$key}){recorded}}",
};

export const ReadCampaign: Operation<ReadCampaignQuery, ReadCampaignQueryVariables> = {
  id: "5024d45614d68735af4ad739014a32e620e17de092a9ae0920e861719dd17ae3",
  text: "fragment QuotaParts on Quota{category{id name}limit used remaining resetsAt}query ReadCampaign($slug:String!){serverTime campaign(slug:$slug){id slug title phase votingOpensAt votingClosesAt ticket viewerQuotas{...QuotaParts}categories{id name}}}",
};

export const ReadNominees: Operation<ReadNomineesQuery, ReadNomineesQueryVariables> = {
  id: "369c97adb60b5d23f97f00d2ebc85d1c54b2831dcda8487f721b3920d53de693",
  text: "query ReadNominees($slug:String!$first:Int$after:String$category:ID$orderBy:NomineeOrder!=NUMBER$seed:String){campaign(slug:$slug){nominees(first:$first after:$after category:$category orderBy:$orderBy seed:$seed){nodes{id number name employer title portraitUrl(size:SMALL)votes viewerHasVoted}pageInfo{hasNextPage endCursor}}}}",
};

export const ReadStories: Operation<ReadStoriesQuery, ReadStoriesQueryVariables> = {
  id: "748f7ed8a8c60f615256e23c514e52ebf14945cd4fea14768c9242f2b7b948bc",
  text: "query ReadStories($slug:String!$first:Int$after:String){campaign(slug:$slug){stories(first:$first after:$after){nodes{id title summary coverUrl publishedAt likeCount viewerHasLiked nominee{number name}}pageInfo{hasNextPage endCursor}}}}",
};

export const WatchTally: Operation<WatchTallySubscription, WatchTallySubscriptionVariables> = {
  id: "522b172ba7ea0652837f54fe77e1afdd079a35d9828efc751e80cd2f428fc5c2",
  text: "subscription WatchTally($campaignId:ID!){tallyChanged(campaignId:$campaignId){version countedVotes entries{votes nominee{id number}}}}",
};
