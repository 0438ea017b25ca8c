// The view of an address that leads nowhere.
import { pathOf } from "./route";
import { t } from "./texts";

export function NotFound({ slug }: { slug?: string }) {
  return (
    <div class="empty">
      <p>{t().notFound}</p>
      {slug && <a href={pathOf({ view: "voting", slug })}>{t().back}</a>}
    </div>
  );
}
