// The tables of a campaign as files: asked for, waited for, fetched.
import "./sheets.css";
import { useEffect, useRef, useState } from "preact/hooks";
import { now } from "../../shared/clock";
import { count, moment } from "../../shared/format";
import { execute } from "../../shared/server";
import { randomUuid } from "../../shared/session";
import { useCampaign } from "../campaign";
import { complain, tell } from "../parts/notice";
import { Empty, Failed, explain } from "../parts/states";
import { allTimes } from "../parts/zone";
import { staff } from "../session";
import { t as shared } from "../texts";
import {
  CreateExport,
  type ExportFormat,
  type ExportKind,
  type ExportStateFragment,
  FindExportFile,
  FindExports,
} from "./operations";
import { download, usePoll } from "./poll";
import { t } from "./texts";

const kinds: readonly ExportKind[] = ["TALLY", "TURNOUT", "BALLOTS", "STORIES", "AUDIT_LOG"];
const formats: readonly ExportFormat[] = ["XLSX", "CSV"];
const newestMax = 20;

const isBeingMade = ({ status }: ExportStateFragment) => status === "WAITING" || status === "WRITING";

/** A size as people say it. */
function sizeText(bytes: number): string {
  if (bytes < 1024 * 1024) return `${count(Math.max(1, Math.round(bytes / 1024)))} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

export function ExportsView(_: { id?: string | undefined }) {
  const campaign = useCampaign();
  const [files, setFiles] = useState<readonly ExportStateFragment[]>();
  const [failure, setFailure] = useState<unknown>();
  const keys = useRef(new Map<string, string>());
  const [asking, setAsking] = useState<string>();
  const read = async (isBackground = false) => {
    const found = await execute(FindExports, { campaignId: campaign.id }, { as: staff, isBackground });
    setFiles(found.campaign?.desk?.exports ?? []);
    setFailure(undefined);
  };
  const load = () => void read().catch(setFailure);
  useEffect(load, []);
  const isWanted = files?.some(isBeingMade) ?? false;
  usePoll(isWanted, JSON.stringify(files?.map(({ status }) => status)), () => read(true));
  const make = async (kind: ExportKind, format: ExportFormat) => {
    const wish = `${kind}.${format}`;
    if (asking) return;
    setAsking(wish);
    // A wish whose answer got lost keeps its key, so that it makes one file.
    const idempotencyKey = keys.current.get(wish) ?? randomUuid();
    keys.current.set(wish, idempotencyKey);
    try {
      const input = { campaignId: campaign.id, kind, format, idempotencyKey };
      const { createExport } = await execute(CreateExport, { input }, { as: staff });
      keys.current.delete(wish);
      const made = createExport.export;
      if (!made) return complain(createExport.userErrors[0]?.message ?? shared().refused);
      setFiles((before = []) => [made, ...before.filter(({ id }) => id !== made.id)].slice(0, newestMax));
      tell(t().exportAsked(t().exportKinds[kind]));
    } catch (error) {
      complain(explain(error));
    } finally {
      setAsking(undefined);
    }
  };
  return (
    <div class="stack sheets">
      <header class="head">
        <h1>{shared().exports}</h1>
        <p class="soft wide">{t().exportIntro}</p>
      </header>
      <section class="box kinds" aria-label={shared().exports}>
        {kinds.map((kind) => (
          <div key={kind} class="kind">
            <div>
              <h2>{t().exportKinds[kind]}</h2>
              <p class="soft">{t().exportHints[kind]}</p>
            </div>
            <div class="row">
              {formats.map((format) => (
                <button
                  key={format}
                  type="button"
                  aria-label={t().makeOf(t().exportKinds[kind], t().make(format))}
                  disabled={asking === `${kind}.${format}`}
                  onClick={() => void make(kind, format)}
                >
                  {t().make(format)}
                </button>
              ))}
            </div>
          </div>
        ))}
      </section>
      <section class="stack">
        <h2>
          {t().newest} <small>{allTimes(campaign.timeZone)}</small>
        </h2>
        {failure !== undefined && !files ? (
          <Failed error={failure} retry={load} />
        ) : !files ? (
          <Empty isLoading />
        ) : files.length === 0 ? (
          <Empty text={t().noExports} />
        ) : (
          <Files files={files} onAgain={make} />
        )}
      </section>
    </div>
  );
}

interface FilesProps {
  files: readonly ExportStateFragment[];
  onAgain: (kind: ExportKind, format: ExportFormat) => Promise<void>;
}

function Files({ files, onAgain }: FilesProps) {
  const { timeZone } = useCampaign();
  const columns = t().exportColumns;
  const fetchFile = async (id: string) => {
    try {
      const { node } = await execute(FindExportFile, { id }, { as: staff });
      const url = node && "url" in node ? node.url : null;
      if (url) download(url);
      else complain(t().fileGone);
    } catch (error) {
      complain(explain(error));
    }
  };
  return (
    <div class="table">
      <table class="as-cards">
        <thead>
          <tr>
            <th scope="col">{columns.table}</th>
            <th scope="col">{columns.made}</th>
            <th scope="col">{columns.state}</th>
            <th scope="col" class="number">
              {columns.rows}
            </th>
            <th scope="col" class="number">
              {columns.size}
            </th>
            <th scope="col">
              <span class="unseen">{columns.get}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {files.map((file) => {
            const { id, kind, format, status, createdAt, rows, sizeBytes, failure } = file;
            const name = t().exportKinds[kind];
            return (
              <tr key={id}>
                <th scope="row">
                  {name} <small>{t().make(format)}</small>
                </th>
                <td>{moment(Date.parse(createdAt), timeZone, now())}</td>
                <td>
                  <span class={`tag ${status === "READY" ? "good" : status === "FAILED" ? "bad" : "warning"}`}>
                    {t().exportStatuses[status]}
                  </span>
                  {failure && <small class="block">{failure}</small>}
                  {isBeingMade(file) && <progress aria-label={t().exportStatuses[status]} />}
                </td>
                <td class="number" data-label={columns.rows}>
                  {rows === null ? "–" : count(rows)}
                </td>
                <td class="number" data-label={columns.size}>
                  {sizeBytes === null ? "–" : sizeText(sizeBytes)}
                </td>
                <td class="number">
                  {status === "READY" && (
                    <button type="button" aria-label={t().downloadOf(name, t().make(format))} onClick={() => void fetchFile(id)}>
                      {t().download}
                    </button>
                  )}
                  {status === "FAILED" && (
                    <button type="button" onClick={() => void onAgain(kind, format)}>
                      {t().makeAgain}
                    </button>
                  )}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
