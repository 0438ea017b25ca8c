// The view of an address that leads nowhere.
import { pathOf } from "./route";
import { t } from "./texts";

export function NotFound({ slug }: { slug?: string }) {
  return (
    <div class="empty">
      <h2>{t().notFound}</h2>
      <p>{t().notFoundText}</p>
      <a class="primary button" href={slug ? pathOf({ view: "voting", slug }) : "/"}>
        {slug ? t().toNominees : t().allCampaigns}
      </a>
    </div>
  );
}
