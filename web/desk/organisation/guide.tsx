// What is done and what is missing until a draft can be announced.
import "./organisation.css";
import { useState } from "preact/hooks";
import { now } from "../../shared/clock";
import { locale } from "../../shared/format";
import { execute } from "../../shared/server";
import { storedValue } from "../../shared/storage";
import { type Campaign, mayHere, reloadCampaign } from "../campaign";
import { Confirm } from "../parts/dialog";
import { Icon } from "../parts/icon";
import { tell } from "../parts/notice";
import { explain } from "../parts/states";
import { allTimes } from "../parts/zone";
import { type CampaignView, campaignPath } from "../route";
import { staff } from "../session";
import { AnnounceCampaign } from "./operations";
import { rulesSentence } from "./rules_sentence";
import { shorten, t } from "./texts";

interface Point {
  id: string;
  isDone: boolean;
  text: string;
  view: CampaignView;
}

/** The points where there is nothing to add. */
const toLookAt = new Set(["opening", "closing", "rules"]);

/** A moment in words, with the year: what is announced is read with care. */
const inWords = (time: string, timeZone: string) =>
  new Intl.DateTimeFormat(locale(), { timeZone, dateStyle: "long", timeStyle: "short", hourCycle: "h23" }).format(new Date(time));

const isPast = (time: string) => Date.parse(time) <= now();

/** What the server asks for. */
function needed({ categories, votingClosesAt, timeZone, desk }: Campaign): Point[] {
  const empty = categories.filter(({ nomineeCount }) => nomineeCount === 0).map(({ name }) => name);
  const isClosed = isPast(votingClosesAt);
  return [
    { id: "categories", isDone: categories.length > 0, text: t().guideCategories(categories.length), view: "rules" },
    {
      id: "nominees",
      isDone: desk.nomineeCounts.active > 0 && empty.length === 0,
      text:
        desk.nomineeCounts.active > 0 && empty.length > 0
          ? t().guideEmpty(empty.join(locale() === "zh-CN" ? "、" : ", "))
          : t().guideNominees(desk.nomineeCounts.active),
      view: "nominees",
    },
    {
      id: "closing",
      isDone: !isClosed,
      text: isClosed ? t().guideClosingPast : t().guideClosing(inWords(votingClosesAt, timeZone)),
      view: "rules",
    },
  ];
}

/** What a campaign is better with. */
function wished({ votingOpensAt, timeZone, coverUrl, desk }: Campaign, isLookedAt: boolean): Point[] {
  const { active, frozen, withoutPortrait } = desk.nomineeCounts;
  const { approved, scheduled, published, inReview } = desk.storyCounts;
  const stories = approved + scheduled + published;
  const isOpen = isPast(votingOpensAt);
  return [
    {
      id: "opening",
      isDone: !isOpen,
      text: isOpen ? t().guideOpeningPast : t().guideOpening(inWords(votingOpensAt, timeZone)),
      view: "rules",
    },
    {
      id: "portraits",
      isDone: active + frozen > 0 && withoutPortrait === 0,
      text:
        active + frozen === 0
          ? t().guidePortraitsLater
          : withoutPortrait === 0
            ? t().guidePortraits
            : t().guideNoPortraits(withoutPortrait),
      view: "nominees",
    },
    { id: "cover", isDone: coverUrl !== null, text: coverUrl ? t().guideCover : t().guideNoCover, view: "rules" },
    {
      id: "stories",
      isDone: stories > 0,
      text: stories > 0 ? t().guideStories(stories) : t().guideNoStories(inReview),
      view: "stories",
    },
    { id: "rules", isDone: isLookedAt, text: isLookedAt ? t().guideRules : t().guideNoRules, view: "rules" },
  ];
}

/** Whether the rules as they stand have been looked at, on this device. */
function useLook({ id, rules }: Campaign) {
  const [kept] = useState(() => storedValue<string>(`guide.${id}`));
  const [looked, setLooked] = useState(kept.read);
  const current = JSON.stringify(rules);
  const set = (isLookedAt: boolean) => {
    kept.write(isLookedAt ? current : undefined);
    setLooked(isLookedAt ? current : undefined);
  };
  return { isLookedAt: looked === current, set };
}

/** The list of what a draft needs, and the step that makes it public. */
export function Guide({ campaign }: { campaign: Campaign }) {
  const look = useLook(campaign);
  const [isAnnouncing, setIsAnnouncing] = useState(false);
  const mayEdit = mayHere("EDIT_CAMPAIGNS");
  const must = needed(campaign);
  const should = wished(campaign, look.isLookedAt);
  const all = [...must, ...should];
  const done = all.filter(({ isDone }) => isDone).length;
  const isReady = must.every(({ isDone }) => isDone);
  const list = (points: Point[], isNeeded: boolean) => (
    <ul>
      {points.map((point) => (
        <GuidePoint key={point.id} point={point} slug={campaign.slug} isNeeded={isNeeded} mayEdit={mayEdit} />
      ))}
    </ul>
  );
  return (
    <section class="box guide" aria-labelledby="guide-title">
      <header>
        <h2 id="guide-title">{t().guide}</h2>
        <small>
          {t().guideCount(done, all.length)} · {allTimes(campaign.timeZone)}
        </small>
        {mayEdit && (
          <button type="button" class="primary" disabled={!isReady} onClick={() => setIsAnnouncing(true)}>
            {t().announce}
          </button>
        )}
      </header>
      <span class="bar-line" aria-hidden="true">
        <i style={{ width: `${(100 * done) / all.length}%` }} />
      </span>
      <div class="columns">
        <div>
          <h3>{t().mustTitle}</h3>
          {list(must, true)}
          {mayEdit && !isReady && <small>{t().cannotAnnounce}</small>}
        </div>
        <div>
          <h3>{t().shouldTitle}</h3>
          {list(should, false)}
          <blockquote class="voters">
            <small>{t().voterReads}</small>
            <p>{rulesSentence(campaign.rules)}</p>
            {mayEdit && (
              <label class="check">
                <input type="checkbox" checked={look.isLookedAt} onChange={(event) => look.set(event.currentTarget.checked)} />
                {t().looked}
              </label>
            )}
          </blockquote>
        </div>
      </div>
      {isAnnouncing && (
        <AnnounceDialog campaign={campaign} missing={all.length - done} onClose={() => setIsAnnouncing(false)} />
      )}
    </section>
  );
}

interface GuidePointProps {
  point: Point;
  slug: string;
  isNeeded: boolean;
  mayEdit: boolean;
}

function GuidePoint({ point: { id, isDone, text, view }, slug, isNeeded, mayEdit }: GuidePointProps) {
  const word = isDone || !mayEdit || toLookAt.has(id) ? t().lookAt : t().addThem;
  const state = isDone ? t().done : isNeeded ? t().missing : t().open;
  return (
    <li class={isDone ? "done" : isNeeded ? "missing" : "open"}>
      <i aria-hidden="true">{isDone ? <Icon name="check" /> : isNeeded ? "!" : ""}</i>
      <span>
        {text}
        <span class="unseen"> ({state})</span>
      </span>
      <a href={campaignPath(slug, view)} aria-label={`${word}: ${text}`}>
        {word}
      </a>
    </li>
  );
}

interface AnnounceDialogProps {
  campaign: Campaign;
  missing: number;
  onClose: () => void;
}

function AnnounceDialog({ campaign, missing, onClose }: AnnounceDialogProps) {
  const { id, title, timeZone, categories, votingOpensAt, votingClosesAt, desk } = campaign;
  const announce = async () => {
    try {
      const variables = { campaignId: id, expectedRevision: desk.editRevision };
      const { announceCampaign } = await execute(AnnounceCampaign, variables, { as: staff, once: true });
      const refusal = announceCampaign.userErrors[0];
      await reloadCampaign();
      if (refusal?.code === "STALE_OBJECT") return t().changedMeanwhile;
      if (refusal) return refusal.message;
      tell(t().announced);
      return undefined;
    } catch (error) {
      return explain(error);
    }
  };
  const closes = inWords(votingClosesAt, timeZone);
  return (
    <Confirm title={t().announceTitle(shorten(title))} action={t().announceAction} onClose={onClose} onConfirm={announce}>
      <p>{t().announceEffect(desk.nomineeCounts.active, categories.length)}</p>
      <p>
        {isPast(votingOpensAt) ? t().announceOpensNow(closes) : t().announceOpens(inWords(votingOpensAt, timeZone), closes)}{" "}
        <small>{allTimes(timeZone)}</small>
      </p>
      <p>{t().announceFixed}</p>
      {missing > 0 && <p class="caution">{t().announceMissing(missing)}</p>}
    </Confirm>
  );
}
