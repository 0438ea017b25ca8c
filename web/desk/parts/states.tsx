// What stands where there is nothing to show, or not yet, and the states of a campaign.
import type { ComponentChildren } from "preact";
import { ApiError } from "../../shared/server";
import type { CampaignPhase } from "../operations";
import { t } from "../texts";

interface EmptyProps {
  text?: string;
  isLoading?: boolean;
  /** The next step. */
  children?: ComponentChildren;
}

/** A place without contents: what it is for, and the next step. */
export function Empty({ text, isLoading, children }: EmptyProps) {
  return (
    <div class="empty" role={isLoading ? "status" : undefined}>
      <p>{isLoading ? t().loading : text}</p>
      {children}
    </div>
  );
}

/** What to tell about an operation that was not executed. */
export function explain(error: unknown): string {
  const code = error instanceof ApiError ? error.code : "NETWORK";
  if (code === "FORBIDDEN") return t().forbidden;
  if (code === "UNAUTHENTICATED") return t().signedOut;
  if (code === "RATE_LIMITED") return t().slowDown;
  return code === "NETWORK" || code === "UNAVAILABLE" || code === "OVERLOADED" ? t().unreachable : t().refused;
}

/** The message instead of something that could not be read. */
export function Failed({ error, retry }: { error: unknown; retry: () => void }) {
  return (
    <div class="empty" role="alert">
      <p>{explain(error)}</p>
      <button type="button" onClick={retry}>
        {t().tryAgain}
      </button>
    </div>
  );
}

/** The phase of a campaign, by a word and a colour. */
export const Phase = ({ phase }: { phase: CampaignPhase }) => <span class={`tag ${phase.toLowerCase()}`}>{t().phases[phase]}</span>;
