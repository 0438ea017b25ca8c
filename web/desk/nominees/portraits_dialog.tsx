// The plan of many portraits, and how their sending goes.
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { reloadCampaign, useCampaign } from "../campaign";
import { Dialog } from "../parts/dialog";
import { Icon } from "../parts/icon";
import { complain, tell } from "../parts/notice";
import { t as shared } from "../texts";
import { NameIndex } from "./matching";
import { pictureTypes } from "./picture";
import { type Item, change, doubled, forget, job, plan, ready, send } from "./portraits";
import type { Nominee, Roster } from "./roster";
import { t } from "./texts";

const isOpen = ({ state, isFaulty, nomineeId, finding }: Item, twice: Set<string>) =>
  state === "planned" && !isFaulty && finding !== "left" && (!nomineeId || twice.has(nomineeId));

const isOnItsWay = ({ state }: Item) => state === "waiting" || state === "sending";

const labelOf = ({ number, name }: Nominee) => `${number} ${name}`;

/** Hears files that are dragged over the page, and takes those that are dropped. */
export function useFileDrop(isEnabled: boolean, onDrop: (files: File[]) => void): boolean {
  const [isOver, setIsOver] = useState(false);
  const latest = useRef(onDrop);
  latest.current = onDrop;
  useEffect(() => {
    if (!isEnabled) return;
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
    const over = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setIsOver(true);
    };
    const leave = (event: DragEvent) => event.relatedTarget === null && setIsOver(false);
    const drop = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setIsOver(false);
      latest.current([...(event.dataTransfer?.files ?? [])]);
    };
    document.addEventListener("dragover", over);
    document.addEventListener("dragleave", leave);
    document.addEventListener("drop", drop);
    return () => {
      document.removeEventListener("dragover", over);
      document.removeEventListener("dragleave", leave);
      document.removeEventListener("drop", drop);
    };
  }, [isEnabled]);
  return isOver;
}

interface PortraitsProps {
  roster: Roster;
  onClose: () => void;
}

export function PortraitsDialog({ roster, onClose }: PortraitsProps) {
  const campaign = useCampaign();
  const items = job.use()?.items ?? [];
  const input = useRef<HTMLInputElement>(null);
  const listId = useId();
  roster.changed.use();
  const twice = doubled(items);
  const toSend = ready(items);
  const refused = items.filter(({ state }) => state === "refused");
  const isBusy = items.some(isOnItsWay);
  const isSent = items.some(({ state }) => state === "sent" || state === "refused");
  const replaced = toSend.filter(({ nomineeId }) => roster.find(nomineeId!)?.portraitUrl).length;
  const close = () => {
    if (!isBusy) forget();
    onClose();
  };
  const start = (chosen: Item[]) =>
    void send(roster, campaign.desk.organisation.id, chosen).then(({ sent, refused }) => {
      if (refused === 0) tell(t().allSent(sent));
      else complain(t().someRefused(sent, refused));
      void reloadCampaign();
    });
  // What needs a hand comes first.
  const weight = (item: Item) => {
    if (isOpen(item, twice)) return 0;
    return item.state === "refused" || item.isFaulty ? 1 : isOnItsWay(item) ? 2 : 3;
  };
  const sorted = [...items].sort((one, other) => weight(one) - weight(other) || one.key - other.key);
  return (
    <Dialog title={t().portraitPlan} onClose={close} isSheet>
      <div class="stack portraits">
        {items.length === 0 && <p class="soft">{t().portraitIntro}</p>}
        <div class="row">
          <button type="button" class={items.length === 0 ? "primary" : ""} onClick={() => input.current?.click()}>
            <Icon name="picture" />
            {items.length === 0 ? t().chooseFiles : t().addFiles}
          </button>
          <small>{t().portraitHint}</small>
        </div>
        <input
          ref={input}
          class="unseen"
          type="file"
          multiple
          accept={pictureTypes}
          tabIndex={-1}
          aria-label={t().chooseFiles}
          onChange={({ currentTarget }) => {
            plan(roster, [...(currentTarget.files ?? [])]);
            currentTarget.value = "";
          }}
        />
        {items.some(({ state }) => state === "planned") && !isBusy && !isSent && (
          <p role="status">
            {t().planCounts(
              toSend.length,
              items.filter((item) => isOpen(item, twice)).length,
              items.filter(({ isFaulty }) => isFaulty).length,
            )}
            {replaced > 0 && <small class="block">{t().planReplaces(replaced)}</small>}
          </p>
        )}
        <datalist id={listId}>
          {roster.nodes.map((nominee) => (
            <option key={nominee.id} value={labelOf(nominee)} />
          ))}
        </datalist>
        <ul class="plan">
          {sorted.map((item) => (
            <PlanRow
              key={item.key}
              item={item}
              roster={roster}
              listId={listId}
              isTwice={!!item.nomineeId && twice.has(item.nomineeId)}
              onRetry={() => start([item])}
            />
          ))}
        </ul>
      </div>
      <footer>
        {(isBusy || isSent) && <Progress items={items} />}
        <button type="button" onClick={close}>
          {isBusy || isSent ? shared().close : shared().cancel}
        </button>
        {refused.length > 0 && !isBusy && (
          <button type="button" onClick={() => start(refused)}>
            {t().againAll}
          </button>
        )}
        {(toSend.length > 0 || !isSent) && (
          <button type="button" class="primary" disabled={toSend.length === 0 || isBusy} onClick={() => start(toSend)}>
            {t().sendPortraits(toSend.length)}
          </button>
        )}
      </footer>
    </Dialog>
  );
}

/** How far the sending is. */
function Progress({ items }: { items: readonly Item[] }) {
  const counted = items.filter(({ state }) => state !== "planned");
  const done = counted.filter(({ state }) => state === "sent").length;
  const refused = counted.filter(({ state }) => state === "refused").length;
  const part = counted.reduce((sum, item) => sum + (item.state === "sent" || item.state === "refused" ? 1 : item.part * 0.9), 0);
  return (
    <div class="stack tight sending-line">
      <progress value={part} max={Math.max(1, counted.length)} aria-label={t().portraitPlan} />
      <small role="status">
        {t().sendingPortraits(done, counted.length)}
        {refused > 0 && ` · ${t().refusedPortraits(refused)}`}
      </small>
      {counted.some(isOnItsWay) && <small>{t().keepOpen}</small>}
    </div>
  );
}

/** The line above the list while portraits are on their way, or some were refused. */
export function PortraitsLine({ onShow }: { onShow: () => void }) {
  const items = job.use()?.items ?? [];
  if (!items.some((item) => isOnItsWay(item) || item.state === "refused")) return null;
  return (
    <div class="box portraits-line">
      <Progress items={items} />
      <button type="button" onClick={onShow}>
        {t().details}
      </button>
    </div>
  );
}

interface PlanRowProps {
  item: Item;
  roster: Roster;
  listId: string;
  isTwice: boolean;
  onRetry: () => void;
}

function PlanRow({ item, roster, listId, isTwice, onRetry }: PlanRowProps) {
  const { key, file, nomineeId, finding, state, refusal, isFaulty, part } = item;
  const nominee = nomineeId ? roster.find(nomineeId) : undefined;
  const [text, setText] = useState<string>();
  const choose = (typed: string) => {
    setText(typed);
    const found = new NameIndex(roster.nodes).typed(typed);
    if (found) change(key, { nomineeId: found.id, finding: "chosen" });
  };
  const isPlanned = state === "planned" && !isFaulty;
  const noteId = `plan-note-${key}`;
  const isWrong = refusal !== undefined || (isPlanned && finding !== "left" && (!nominee || isTwice));
  const note = () => {
    if (refusal !== undefined) return refusal;
    if (state === "waiting") return t().waiting;
    if (state === "sent") return t().sent;
    if (isTwice) return t().twice;
    return nominee?.portraitUrl && finding !== "left" ? `${t().matchedBy[finding]} · ${t().replaces}` : t().matchedBy[finding];
  };
  return (
    <li class={isWrong ? "wrong" : state}>
      <div class="names">
        <span class="file">{file.name}</span>
        {!isPlanned && nominee && <strong>{labelOf(nominee)}</strong>}
        <small id={noteId} class={isWrong ? "error" : ""} role={state === "refused" ? "alert" : undefined}>
          {state === "sent" && <Icon name="check" />}
          {note()}
        </small>
        {state === "sending" && <progress value={part} max={1} aria-label={file.name} />}
      </div>
      {isPlanned && (
        <div class="row choose">
          <input
            list={listId}
            value={text ?? (nominee ? labelOf(nominee) : "")}
            placeholder={t().chooseNominee}
            aria-label={t().nomineeOf(file.name)}
            aria-describedby={noteId}
            aria-invalid={isWrong}
            onInput={(event) => choose(event.currentTarget.value)}
            onBlur={() => setText(undefined)}
          />
          <button
            type="button"
            class="quiet icon"
            aria-label={`${t().leaveOut}: ${file.name}`}
            title={t().leaveOut}
            disabled={finding === "left"}
            onClick={() => change(key, { nomineeId: undefined, finding: "left" })}
          >
            <Icon name="close" />
          </button>
        </div>
      )}
      {state === "refused" && (
        <button type="button" onClick={onRetry}>
          {shared().tryAgain}
        </button>
      )}
    </li>
  );
}
