// Sheets of nominees and stories: their templates, the sending of one, and those that were sent.
import "./sheets.css";
import { useEffect, useMemo } from "preact/hooks";
import { now } from "../../shared/clock";
import { count, moment } from "../../shared/format";
import { PagedList } from "../../shared/paged";
import { execute } from "../../shared/server";
import { useCampaign } from "../campaign";
import { Empty, Failed } from "../parts/states";
import { allTimes } from "../parts/zone";
import { campaignPath } from "../route";
import { staff } from "../session";
import { t as shared } from "../texts";
import { ImportView } from "./import";
import { FindImports, type ImportStateFragment } from "./operations";
import { usePoll } from "./poll";
import { ImportTag, SendSheet, fileNameOf, kinds } from "./send";
import { t } from "./texts";

export function ImportsView({ id }: { id?: string | undefined }) {
  return id ? <ImportView key={id} id={id} /> : <Imports />;
}

function Imports() {
  return (
    <div class="stack sheets">
      <header class="head">
        <h1>{shared().imports}</h1>
        <p class="soft wide">{t().importIntro}</p>
      </header>
      <div class="columns two">
        <section class="box">
          <h2>{t().stepSheet}</h2>
          <ul class="templates">
            {kinds.map((kind) => (
              <li key={kind}>
                <span>{t().templates[kind]}</span>
                <span class="row">
                  {["xlsx", "csv"].map((format) => (
                    <a key={format} class="button" href={`/desk/templates/${kind.toLowerCase()}.${format}`} download>
                      .{format}
                      <span class="unseen">: {t().templates[kind]}</span>
                    </a>
                  ))}
                </span>
              </li>
            ))}
          </ul>
          <p class="soft">{t().templateHint}</p>
        </section>
        <section class="box">
          <h2>{t().stepSend}</h2>
          <SendSheet />
        </section>
      </div>
      <Earlier />
    </div>
  );
}

/** The imports that were made, newest first. */
function Earlier() {
  const { id: campaignId, slug, timeZone } = useCampaign();
  const list = useMemo(
    () =>
      new PagedList<ImportStateFragment>(async (after) => {
        const { campaign } = await execute(FindImports, { campaignId, after }, { as: staff });
        const { nodes, pageInfo } = campaign!.desk!.imports;
        return { nodes, ...pageInfo };
      }),
    [campaignId],
  );
  list.changed.use();
  useEffect(() => void list.loadMore(), [list]);
  const isMoving = list.nodes.some(({ status }) => status === "READING" || status === "APPLYING");
  usePoll(isMoving, JSON.stringify(list.nodes.map(({ status, readRows }) => [status, readRows])), () => list.reread());
  const columns = t().columnsOfList;
  if (list.error !== undefined && list.nodes.length === 0) {
    return <Failed error={list.error} retry={() => void list.loadMore()} />;
  }
  return (
    <section class="stack">
      <h2>
        {t().earlier} <small>{allTimes(timeZone)}</small>
      </h2>
      {list.nodes.length === 0 ? (
        <Empty isLoading={!list.isComplete} text={t().noneYet} />
      ) : (
        <div class="table">
          <table class="as-cards">
            <thead>
              <tr>
                <th scope="col">{columns.sheet}</th>
                <th scope="col">{columns.sent}</th>
                <th scope="col">{columns.state}</th>
                <th scope="col" class="number">
                  {columns.rows}
                </th>
              </tr>
            </thead>
            <tbody>
              {list.nodes.map((state) => (
                <tr key={state.id}>
                  <th scope="row">
                    <a href={campaignPath(slug, "imports", state.id)}>{fileNameOf(state.id) ?? t().importOf(state.kind)}</a>
                    {fileNameOf(state.id) && <small class="block">{t().importOf(state.kind)}</small>}
                  </th>
                  <td>{moment(Date.parse(state.createdAt), timeZone, now())}</td>
                  <td>
                    <ImportTag state={state} />
                  </td>
                  <td class="number" data-label={columns.rows}>
                    {state.totalRows > 0 ? count(state.totalRows) : "–"}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {list.nodes.length > 0 && !list.isComplete && (
        <button type="button" onClick={() => void list.loadMore()}>
          {shared().more}
        </button>
      )}
    </section>
  );
}
