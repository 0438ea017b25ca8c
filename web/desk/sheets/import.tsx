// One import: how far it is read, what it would do row by row, what is wrong with it, and the applying of it.
import { useEffect, useMemo, useState } from "preact/hooks";
import { now } from "../../shared/clock";
import { count, moment } from "../../shared/format";
import { PagedList } from "../../shared/paged";
import { execute } from "../../shared/server";
import { type Campaign, reloadCampaign, useCampaign } from "../campaign";
import { Confirm } from "../parts/dialog";
import { complain, tell } from "../parts/notice";
import { Empty, Failed, explain } from "../parts/states";
import { timeIn } from "../parts/zone";
import { campaignPath, parameter, setParameters } from "../route";
import { staff } from "../session";
import {
  ApplyImport,
  FindAnnotatedSheet,
  FindImport,
  FindImportRows,
  type FindImportRowsQuery,
  type ImportKind,
  type ImportStateFragment,
} from "./operations";
import { download, usePoll } from "./poll";
import { ImportTag, SendSheet, fileNameOf } from "./send";
import { t } from "./texts";

type Row = Extract<NonNullable<FindImportRowsQuery["node"]>, { rows: unknown }>["rows"]["nodes"][number];

export function ImportView({ id }: { id: string }) {
  const { slug, timeZone } = useCampaign();
  const [state, setState] = useState<ImportStateFragment | null>();
  const [failure, setFailure] = useState<unknown>();
  const read = async (isBackground = false) => {
    const { node } = await execute(FindImport, { id }, { as: staff, isBackground });
    setState(node && "status" in node ? node : null);
    setFailure(undefined);
  };
  const load = () => void read().catch(setFailure);
  useEffect(load, [id]);
  const isMoving = state?.status === "READING" || state?.status === "APPLYING";
  usePoll(isMoving, `${state?.status} ${state?.readRows}`, () => read(true));
  const content = () => {
    if (failure !== undefined && !state) return <Failed error={failure} retry={load} />;
    if (state === undefined) return <Empty isLoading />;
    if (state === null) return <Empty text={t().linkGone} />;
    switch (state.status) {
      case "READING":
      case "APPLYING":
        return <Progress state={state} />;
      case "FAILED":
        return (
          <section class="box stack">
            <h2>{t().failedTitle}</h2>
            <p class="refusal">{state.failure?.message}</p>
            <h2>{t().sendAnother}</h2>
            <SendSheet kind={state.kind} />
          </section>
        );
      default:
        return <Plan state={state} onRead={setState} />;
    }
  };
  return (
    <div class="stack sheets">
      <header class="head">
        <a class="button quiet plain back" href={campaignPath(slug, "imports")}>
          ‹ {t().allImports}
        </a>
        {state && (
          <>
            <h1>{fileNameOf(id) ?? t().importOf(state.kind)}</h1>
            <ImportTag state={state} />
            <small class="wide">
              {fileNameOf(id) && `${t().importOf(state.kind)} · `}
              {timeIn(moment(Date.parse(state.createdAt), timeZone, now()), timeZone)}
              {state.finishedAt && state.status === "APPLIED" &&
                ` · ${t().statuses.APPLIED} ${moment(Date.parse(state.finishedAt), timeZone, now())}`}
            </small>
          </>
        )}
      </header>
      {content()}
    </div>
  );
}

function Progress({ state: { status, readRows, totalRows } }: { state: ImportStateFragment }) {
  const isReading = status === "READING";
  const text = isReading ? t().reading(readRows, totalRows) : t().applying;
  return (
    <section class="box stack">
      <p role="status">{text}</p>
      <progress {...(isReading && totalRows > 0 && { value: readRows, max: totalRows })} aria-label={text} />
      <p class="soft">{t().leave}</p>
    </section>
  );
}

interface PlanProps {
  state: ImportStateFragment;
  /** Takes over the import as it stands now. */
  onRead: (state: ImportStateFragment) => void;
}

function Plan({ state, onRead }: PlanProps) {
  const campaign = useCampaign();
  const [isAsked, setIsAsked] = useState(false);
  const [hasMoved, setHasMoved] = useState(false);
  const { id, kind, status, creates, updates, faulty, unknownColumns } = state;
  const isApplied = status === "APPLIED";
  const figures = t().figures;
  const fetchAnnotated = async () => {
    try {
      const { node } = await execute(FindAnnotatedSheet, { id }, { as: staff });
      const url = node && "annotatedFileUrl" in node ? node.annotatedFileUrl : null;
      if (url) download(url);
      else complain(t().linkGone);
    } catch (error) {
      complain(explain(error));
    }
  };
  return (
    <>
      {hasMoved && (
        <p class="stuck" role="alert">
          {t().planChanged}
        </p>
      )}
      <section class="box stack">
        {isApplied && <h2>{t().appliedTitle}</h2>}
        <dl class="import-figures">
          {(["creates", "updates", "unchanged", "faulty"] as const).map((name) => (
            <div key={name} class={name === "faulty" && faulty > 0 ? "bad" : ""}>
              <dt>{figures[name]}</dt>
              <dd class="figure">{count(state[name])}</dd>
            </div>
          ))}
        </dl>
        {unknownColumns.length > 0 && (
          <p class="note">{t().unknownColumns(unknownColumns)}</p>
        )}
        {isApplied ? (
          <p>
            <a class="button primary plain" href={campaignPath(campaign.slug, kind === "NOMINEES" ? "nominees" : "stories")}>
              {kind === "NOMINEES" ? t().toNominees : t().toStories}
            </a>
          </p>
        ) : faulty > 0 ? (
          <>
            <p>{t().mend(faulty)}</p>
            <div class="row">
              <button type="button" class="primary" onClick={() => void fetchAnnotated()}>
                {t().annotated}
              </button>
            </div>
            <h2>{t().sendMended}</h2>
            <SendSheet kind={kind} />
          </>
        ) : creates + updates === 0 ? (
          <p>{t().nothingToDo}</p>
        ) : (
          <div class="row">
            <button type="button" class="primary" onClick={() => setIsAsked(true)}>
              {t().applyCount(state)}
            </button>
          </div>
        )}
      </section>
      <Rows key={`${state.editRevision} ${status}`} state={state} />
      {isAsked && (
        <ApplyDialog
          state={state}
          campaign={campaign}
          onClose={() => setIsAsked(false)}
          onRead={(next, isOther) => {
            onRead(next);
            setHasMoved(isOther);
          }}
        />
      )}
    </>
  );
}

interface ApplyProps {
  state: ImportStateFragment;
  campaign: Campaign;
  onClose: () => void;
  /** Takes over the import; `isOther` where its plan is another one now. */
  onRead: (state: ImportStateFragment, isOther: boolean) => void;
}

function ApplyDialog({ state, campaign, onClose, onRead }: ApplyProps) {
  const mayBePublic = campaign.desk.hasVotes && state.kind === "NOMINEES" && state.updates > 0;
  const [needsReason, setNeedsReason] = useState(false);
  const apply = async (reason: string) => {
    const input = { importId: state.id, expectedRevision: state.editRevision, ...(reason && { reason }) };
    try {
      const { applyImport } = await execute(ApplyImport, { input }, { as: staff });
      const { userErrors, import: next } = applyImport;
      const error = userErrors[0];
      if (error?.code === "REASON_REQUIRED") {
        setNeedsReason(true);
        return error.message;
      }
      const isOther = error?.code === "PLAN_CHANGED" || error?.code === "STALE_OBJECT";
      if (next) onRead(next, isOther);
      if (isOther) return undefined;
      if (error) return error.message;
      if (next) tell(t().applied(next));
      void reloadCampaign();
      return undefined;
    } catch (error) {
      return explain(error);
    }
  };
  const reason = needsReason ? "public" : mayBePublic ? "optional" : undefined;
  return (
    <Confirm title={t().applyTitle} action={t().apply} {...(reason && { reason })} onClose={onClose} onConfirm={apply}>
      <p>{t().applyEffect(state)}</p>
      {state.kind === "STORIES" && <p class="soft">{t().applyStories}</p>}
      {mayBePublic && <p class="soft">{t().applyPublic}</p>}
    </Confirm>
  );
}

const fieldLabel = (kind: ImportKind, field: string) => (kind === "STORIES" ? t().storyFields : t().fields)[field] ?? field;

/** The rows of a sheet with what each does. */
function Rows({ state: { id, kind, faulty, status } }: { state: ImportStateFragment }) {
  // Who mends wants to see what is wrong.
  const wanted = parameter("rows");
  const onlyFaulty = wanted ? wanted === "faulty" : faulty > 0;
  const list = useMemo(
    () =>
      new PagedList<Row & { id: string }>(async (after) => {
        const { node } = await execute(FindImportRows, { id, after, onlyFaulty }, { as: staff });
        if (!node || !("rows" in node)) return { nodes: [], endCursor: null, hasNextPage: false };
        const { nodes, pageInfo } = node.rows;
        return { nodes: nodes.map((row) => ({ ...row, id: String(row.number) })), ...pageInfo };
      }),
    [id, onlyFaulty],
  );
  list.changed.use();
  useEffect(() => void list.loadMore(), [list]);
  const columns = t().rowColumns;
  return (
    <section class="stack">
      <div class="row apart">
        <h2>{t().rowsTitle}</h2>
        {faulty > 0 && (
          <label class="check">
            <input
              type="checkbox"
              checked={onlyFaulty}
              onChange={(event) => setParameters({ rows: event.currentTarget.checked ? "faulty" : "all" })}
            />
            {t().onlyFaulty}
          </label>
        )}
      </div>
      {list.error !== undefined ? (
        <Failed error={list.error} retry={() => void list.loadMore()} />
      ) : list.nodes.length === 0 ? (
        <Empty isLoading={!list.isComplete} text={onlyFaulty && status !== "APPLIED" ? t().noFaultyRows : t().noRows} />
      ) : (
        <div class="table">
          <table class="as-cards rows">
            <thead>
              <tr>
                <th scope="col" class="number">
                  {columns.number}
                </th>
                <th scope="col">{columns.label}</th>
                <th scope="col">{columns.change}</th>
                <th scope="col">{columns.details}</th>
              </tr>
            </thead>
            <tbody>
              {list.nodes.map((row) => (
                <tr key={row.number} class={row.change.toLowerCase()}>
                  <td class="number" data-label={columns.number}>
                    {row.number}
                  </td>
                  <th scope="row" title={row.label ?? ""}>
                    <span class="clamp">{row.label || t().unnamed}</span>
                  </th>
                  <td>
                    <span class={`tag ${tagOf[row.change]}`}>{t().changes[row.change]}</span>
                  </td>
                  <td>
                    {row.faults.length > 0 ? (
                      <ul>
                        {row.faults.map(({ field, message }) => (
                          <li key={field + message}>{message}</li>
                        ))}
                      </ul>
                    ) : (
                      row.changedFields.map((field) => fieldLabel(kind, field)).join(", ")
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {list.nodes.length > 0 && !list.isComplete && (
        <button type="button" onClick={() => void list.loadMore()}>
          {t().moreRows}
        </button>
      )}
    </section>
  );
}

const tagOf = { CREATE: "good", UPDATE: "warning", UNCHANGED: "", FAULTY: "bad" };
