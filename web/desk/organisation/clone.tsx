// Copying a campaign: rules and categories, and nominees if they are wanted.
import { useState } from "preact/hooks";
import { now } from "../../shared/clock";
import { execute } from "../../shared/server";
import { randomUuid } from "../../shared/session";
import { zonedToUtc } from "../../shared/zoned";
import { Dialog } from "../parts/dialog";
import { type UserError, Refusals, TextField, errorOf, otherErrors } from "../parts/form";
import { tell } from "../parts/notice";
import { explain } from "../parts/states";
import { campaignPath, go } from "../route";
import { staff } from "../session";
import { t as shared } from "../texts";
import { CloneCampaign, type CampaignLineFragment } from "./operations";
import { SlugField, slugOf } from "./slug";
import { shorten, t } from "./texts";
import { TimesFields, timesProblem } from "./times";

const fields = ["title", "slug", "votingOpensAt", "votingClosesAt"];

export function CloneDialog({ source, onClose }: { source: CampaignLineFragment; onClose: () => void }) {
  const [title, setTitle] = useState(source.title);
  const [slug, setSlug] = useState("");
  const [times, setTimes] = useState({ opens: "", closes: "" });
  const { active, frozen } = source.desk!.nomineeCounts;
  const [withNominees, setWithNominees] = useState(false);
  const [idempotencyKey] = useState(randomUuid);
  const [errors, setErrors] = useState<readonly UserError[]>([]);
  const [isBusy, setIsBusy] = useState(false);
  const plain = slugOf(title, new Date(now()).getFullYear());
  const derived = plain === source.slug ? `${plain.slice(0, 62)}-2` : plain;
  const { timeZone } = source;
  const make = async () => {
    const input = {
      campaignId: source.id,
      idempotencyKey,
      slug: slug || derived,
      title,
      votingOpensAt: zonedToUtc(times.opens, timeZone),
      votingClosesAt: zonedToUtc(times.closes, timeZone),
      withNominees,
    };
    const { cloneCampaign } = await execute(CloneCampaign, { input }, { as: staff });
    setErrors(cloneCampaign.userErrors);
    if (!cloneCampaign.campaign || cloneCampaign.userErrors.length > 0) return;
    tell(t().created);
    go(campaignPath(cloneCampaign.campaign.slug, "overview"));
  };
  const submit = async (event: Event) => {
    event.preventDefault();
    if (isBusy) return;
    setIsBusy(true);
    await make().catch((error) => setErrors([{ code: "", message: explain(error) }]));
    setIsBusy(false);
  };
  const isReady = title.trim() !== "" && !timesProblem(times, timeZone);
  return (
    <Dialog title={t().cloneOf(shorten(source.title))} onClose={onClose} isSheet>
      <form onSubmit={(event) => void submit(event)}>
        <p class="soft">{t().cloneHint}</p>
        <TextField label={t().title} value={title} onInput={setTitle} maxLength={200} isNeeded error={errorOf(errors, "title")} />
        <SlugField value={slug} derived={derived} onInput={setSlug} error={errorOf(errors, "slug")} />
        <TimesFields
          times={times}
          timeZone={timeZone}
          onChange={setTimes}
          opensError={errorOf(errors, "votingOpensAt")}
          closesError={errorOf(errors, "votingClosesAt")}
        />
        {active + frozen > 0 && (
          <label class="check">
            <input type="checkbox" checked={withNominees} onChange={(event) => setWithNominees(event.currentTarget.checked)} />
            {t().withNominees(active + frozen)}
          </label>
        )}
        <Refusals errors={otherErrors(errors, fields)} />
        <footer>
          <button type="button" onClick={onClose}>
            {shared().cancel}
          </button>
          <button type="submit" class="primary" disabled={!isReady || isBusy}>
            {t().makeCopy}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}
