// The report of a campaign: made once, and read again through links that last for a moment.
import { useEffect, useRef, useState } from "preact/hooks";
import { date, moment } from "../../shared/format";
import { type Language, language } from "../../shared/language";
import { execute, pause } from "../../shared/server";
import { randomUuid } from "../../shared/session";
import { type Campaign, mayHere } from "../campaign";
import { copyText } from "../parts/copy";
import { complain, tell } from "../parts/notice";
import { Empty, Failed, explain } from "../parts/states";
import { timeIn } from "../parts/zone";
import { staff } from "../session";
import { download } from "../sheets/poll";
import { CreateReport, FindReport, FindReportLinks, type ReportPartsFragment } from "./operations";
import { t } from "./texts";

/** The wait before the server is asked again whether the last votes are stored. */
const countingPauseMs = 2_000;

/** The report that was made last, and making one. */
export function ReportBox({ campaign }: { campaign: Campaign }) {
  const [report, setReport] = useState<ReportPartsFragment | null>();
  const [failure, setFailure] = useState<unknown>();
  const [work, setWork] = useState<"making" | "counting">();
  // The same wish until it is granted: asking again makes no second report.
  const key = useRef(randomUuid());
  const { id, slug, timeZone } = campaign;
  const read = () => {
    setFailure(undefined);
    execute(FindReport, { slug }, { as: staff }).then(({ campaign }) => setReport(campaign?.desk?.report ?? null), setFailure);
  };
  useEffect(read, [slug]);
  const isLeft = useRef(false);
  useEffect(() => () => void (isLeft.current = true), []);
  /** Asks until the last votes are stored, which takes some seconds after the close. */
  const create = async () => {
    for (;;) {
      const { createReport } = await execute(CreateReport, { campaignId: id, key: key.current }, { as: staff });
      const isCounting = createReport.userErrors[0]?.code === "STILL_COUNTING";
      if (!isCounting || isLeft.current) return createReport;
      setWork("counting");
      await pause(countingPauseMs);
    }
  };
  const make = async () => {
    setWork("making");
    try {
      const { report: made, userErrors } = await create();
      if (made) {
        setReport(made);
        tell(t().made);
      } else if (userErrors[0] && !isLeft.current) complain(userErrors[0].message);
      key.current = randomUuid();
    } catch (error) {
      complain(explain(error));
    }
    setWork(undefined);
  };
  const mayMake = mayHere("READ_RECORDS");
  const madeMs = report ? Date.parse(report.createdAt) : 0;
  return (
    <section class="box report" aria-labelledby="report">
      <header>
        <h2 id="report">{t().report}</h2>
        {report && (
          <small>
            <time dateTime={report.createdAt}>
              {t().madeBy(timeIn(`${date(madeMs, timeZone)} ${moment(madeMs, timeZone, madeMs)}`, timeZone), report.actorName)}
            </time>
          </small>
        )}
      </header>
      {failure !== undefined && <Failed error={failure} retry={read} />}
      {failure === undefined && report === undefined && <Empty isLoading />}
      {report === null && (
        <p class="soft">
          {t().noReport}
          {t().reportWhat}
        </p>
      )}
      {report && <Links slug={slug} sha256={report.sha256} />}
      {report !== undefined && mayMake && (
        <div class="row">
          <button type="button" class={report ? undefined : "primary"} disabled={work !== undefined} onClick={() => void make()}>
            {report ? t().makeAgain : t().make}
          </button>
          <small role="status">{work ? t()[work] : report && t().makeAgainHint}</small>
        </div>
      )}
    </section>
  );
}

function Links({ slug, sha256 }: { slug: string; sha256: string }) {
  const languages: Language[] = language() === "zh" ? ["zh", "en"] : ["en", "zh"];
  return (
    <>
      <div class="row">
        {languages.map((of, index) => (
          <button key={of} type="button" class={index === 0 ? "primary" : undefined} onClick={() => void openReport(slug, of)}>
            {t().open} · {t().languages[of]}
          </button>
        ))}
        {languages.map((of) => (
          <button key={of} type="button" onClick={() => void fetchSheet(slug, of)}>
            {t().sheet} · {t().languages[of]}
          </button>
        ))}
      </div>
      <p class="soft">
        {t().linksHint}
      </p>
      <p class="hash">
        <small>SHA-256</small> <code>{sha256}</code>
        <button type="button" class="quiet" onClick={() => void copyText(sha256)}>
          {t().copy}
        </button>
      </p>
    </>
  );
}

const linksOf = async (slug: string, of: Language) => {
  const { campaign } = await execute(FindReportLinks, { slug, language: of === "zh" ? "CHINESE" : "ENGLISH" }, { as: staff });
  return campaign?.desk?.report ?? undefined;
};

/** Opens the report in a tab of its own: which has to be opened with the click, before its address is known. */
async function openReport(slug: string, of: Language): Promise<void> {
  const tab = open("", "_blank");
  if (tab) tab.opener = null;
  try {
    const links = await linksOf(slug, of);
    if (links && tab) tab.location.replace(new URL(links.htmlUrl, location.origin).href);
    else if (links) location.assign(links.htmlUrl);
    else tab?.close();
  } catch (error) {
    tab?.close();
    complain(explain(error));
  }
}

async function fetchSheet(slug: string, of: Language): Promise<void> {
  try {
    const links = await linksOf(slug, of);
    if (links) download(links.xlsxUrl);
  } catch (error) {
    complain(explain(error));
  }
}
