// What is left of a voter's votes, as dots and in words.
import { now } from "../shared/clock";
import { moment } from "../shared/format";
import { type Campaign, type Quota, signInWays, useQuota, waysHere } from "./campaign";
import { t } from "./texts";

/** More votes than these are a bar, not dots. */
const dotsMax = 12;

/** A dot for each vote, full ones for those that are left. */
export function QuotaDots({ quota: { limit, remaining } }: { quota: Pick<Quota, "limit" | "remaining"> }) {
  if (limit > dotsMax) return <progress max={limit} value={remaining} aria-hidden="true" />;
  return (
    <span class="dots" aria-hidden="true">
      {Array.from({ length: limit }, (_, i) => (
        <i key={i} class={i < remaining ? "full" : ""} />
      ))}
    </span>
  );
}

/** The rest of the quota of a category, or the whole of it where nobody is signed in or no category is meant. */
export function QuotaLine({ campaign, category }: { campaign: Campaign; category: string | undefined }) {
  const quota = useQuota(category);
  const ways = signInWays.use();
  const { period, scope, votesPerPeriod: limit } = campaign.rules;
  if (campaign.phase !== "VOTING") return null;
  if (waysHere(campaign, ways).length === 0) return <p class="quota elsewhere">{t().voteInMiniProgram}</p>;
  const isWhole = quota ? quota.category === null : scope === "CAMPAIGN";
  const name = campaign.categories.find(({ id }) => id === category)?.name ?? t().perCategory;
  return (
    <p class="quota" role="status">
      <QuotaDots quota={quota ?? { limit, remaining: limit }} />
      <span>
        {!isWhole && <>{t().quotaOf(name)} </>}
        <b>{quota ? t().quotaLeft(quota.remaining, quota.limit) : t().quotaRule(limit, period === "DAY")}</b>
        {quota?.remaining === 0 && quota.resetsAt && (
          <> {t().resetsAt(moment(Date.parse(quota.resetsAt), campaign.timeZone, now()))}</>
        )}
      </span>
    </p>
  );
}
