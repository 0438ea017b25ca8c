// Written by web/pages/operations.js from operations.graphql and schema.graphql.
import type { Operation } from "./server";

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

export type CampaignPhase =
  | 'DRAFT'
  | 'UPCOMING'
  | 'VOTING'
  | 'ENDED'
  | 'PUBLISHED'
  | 'ARCHIVED';

export type CastBallotInput = {
  campaignId: Scalars['ID']['input'];
  nomineeIds: Array<Scalars['ID']['input']>;
  idempotencyKey?: InputMaybe<Scalars['UUID']['input']>;
};

export type CastVoteErrorCode =
  | 'ALREADY_VOTED'
  | 'QUOTA_SPENT'
  | 'VOTING_NOT_OPEN'
  | 'VOTING_CLOSED'
  | 'NOMINEE_NOT_FOUND'
  | 'NOMINEE_FROZEN'
  | 'NOT_ELIGIBLE'
  | 'IDEMPOTENCY_KEY_REUSED';

export type CastVoteInput = {
  nomineeId: Scalars['ID']['input'];
  idempotencyKey?: InputMaybe<Scalars['UUID']['input']>;
};

export type MediaKind =
  | 'IMAGE'
  | 'VIDEO'
  | 'AUDIO';

export type MiniProgramPlatform =
  | 'WECHAT';

export type NomineeOrder =
  | 'NUMBER'
  | 'VOTES'
  | 'SHUFFLED';

export type NomineeStatus =
  | 'ACTIVE'
  | 'FROZEN'
  | 'WITHDRAWN';

export type PictureSize =
  | 'SMALL'
  | 'LARGE';

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

export type RefreshSessionInput = {
  refreshToken: Scalars['String']['input'];
};

export type SetLikeErrorCode =
  | 'SUBJECT_NOT_FOUND';

export type SetLikeInput = {
  subjectId: Scalars['ID']['input'];
  liked: Scalars['Boolean']['input'];
};

export type SignInErrorCode =
  | 'INVALID_CODE'
  | 'HIGH_RISK'
  | 'PLATFORM_BUSY'
  | 'PLATFORM_UNAVAILABLE'
  | 'PLATFORM_NOT_CONFIGURED'
  | 'GUESTS_NOT_ADMITTED'
  | 'INVALID_CREDENTIALS'
  | 'TOO_MANY_ATTEMPTS'
  | 'INVALID_REFRESH_TOKEN';

export type SignInGuestInput = {
  deviceId: Scalars['String']['input'];
};

export type SignInMiniProgramInput = {
  platform: MiniProgramPlatform;
  code: Scalars['String']['input'];
};

export type SignInStaffInput = {
  email: Scalars['String']['input'];
  password: Scalars['String']['input'];
};

export type SignOutInput = {
  refreshToken: Scalars['String']['input'];
};

export type StoryFormat =
  | 'MARKDOWN'
  | 'HTML';

export type TallyVisibility =
  | 'LIVE'
  | 'AFTER_CLOSE'
  | 'STAFF_ONLY';

export type ViewerRole =
  | 'VOTER'
  | 'STAFF';

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
