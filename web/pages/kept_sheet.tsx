// The sheet that shows a voter what is kept of it, and takes down that it wants to be forgotten.
import "./kept_sheet.css";
import { useEffect, useState } from "preact/hooks";
import { now } from "../shared/clock";
import { date, moment } from "../shared/format";
import { forgetDevice, voter } from "../shared/session";
import { execute } from "../shared/server";
import { isKeptShown } from "./kept";
import { k } from "./kept_texts";
import { FindKept, type FindKeptQuery, ForgetMe } from "./operations";
import { Sheet } from "./sheet";
import { t } from "./texts";

type Viewer = NonNullable<FindKeptQuery["viewer"]>;
type Acts = Viewer["votes"];

const findKept = () => execute(FindKept, {}, voter.isOpen() ? { as: voter } : {});

export function KeptSheet({ timeZone }: { timeZone: string }) {
  const [kept, setKept] = useState<FindKeptQuery | Error>();
  const [dueAt, setDueAt] = useState<string>();
  const load = () => {
    setKept(undefined);
    findKept().then(setKept, setKept);
  };
  useEffect(load, []);
  const due = dueAt ?? (kept instanceof Error ? undefined : kept?.viewer?.forgetDueAt);
  // The page behind knows the voter still: it begins anew once the day has been read.
  const close = () => (dueAt ? location.reload() : isKeptShown.set(false));
  return (
    <Sheet title={t().kept} look="kept" onClose={close}>
      {kept === undefined ? (
        <p role="status">{t().loading}</p>
      ) : kept instanceof Error ? (
        <p class="failed" role="alert">
          {k().failed}{" "}
          <button type="button" onClick={load}>
            {k().again}
          </button>
        </p>
      ) : (
        <>
          <p>{k().what(kept.voterRetentionDays)}</p>
          {due ? (
            <div class="due" role="status">
              <strong>{k().due(date(Date.parse(due), timeZone))}</strong>
              <p>{k().dueNote}</p>
            </div>
          ) : (
            !kept.viewer && <p>{k().nobody}</p>
          )}
          {kept.viewer && !dueAt && <Traces viewer={kept.viewer} timeZone={timeZone} />}
          {kept.viewer && !due && <Forget onDone={setDueAt} />}
        </>
      )}
    </Sheet>
  );
}

function Traces({ viewer, timeZone }: { viewer: Viewer; timeZone: string }) {
  const at = (time: string) => moment(Date.parse(time), timeZone, now());
  const ways = viewer.identities.filter(({ kind }) => kind !== null);
  return (
    <>
      <dl>
        <div>
          <dt>{k().ways}</dt>
          {ways.map(({ kind, since }) => (
            <dd key={kind + since}>
              {k().kinds[kind!]} <small>{k().since(date(Date.parse(since), timeZone))}</small>
            </dd>
          ))}
        </div>
        <div>
          <dt>{k().number}</dt>
          <dd>
            <code>{viewer.id}</code>
            <small>{k().numberNote}</small>
          </dd>
        </div>
      </dl>
      <Listed acts={viewer.votes} title={k().votes} at={at} />
      <Listed acts={viewer.likes} title={k().likes} at={at} />
    </>
  );
}

interface ListedProps {
  acts: Acts;
  title: (n: number, more: boolean) => string;
  at: (time: string) => string;
}

function Listed({ acts, title, at }: ListedProps) {
  const { nodes, pageInfo } = acts;
  const head = title(nodes.length, pageInfo.hasNextPage);
  if (nodes.length === 0) return <p class="none">{head}</p>;
  return (
    <details>
      <summary>{head}</summary>
      <ol>
        {nodes.map((act, index) => (
          <li key={index}>
            <span>{act.subject ?? k().gone}</span>
            <small>
              {act.campaign} <time dateTime={act.at}>{at(act.at)}</time>
            </small>
          </li>
        ))}
      </ol>
    </details>
  );
}

function Forget({ onDone }: { onDone: (dueAt: string) => void }) {
  const [step, setStep] = useState<"offered" | "asked" | "sent" | "failed">("offered");
  const forget = async () => {
    setStep("sent");
    try {
      const { forgetMe } = await execute(ForgetMe, {}, { as: voter });
      // Whoever comes back is a stranger, on this device too.
      forgetDevice();
      await voter.close();
      onDone(forgetMe.dueAt);
    } catch {
      setStep("failed");
    }
  };
  if (step === "offered") {
    return (
      <button class="danger" type="button" onClick={() => setStep("asked")}>
        {k().forget}
      </button>
    );
  }
  return (
    <section class="ask" aria-labelledby="forget-head">
      <h3 id="forget-head">{k().ask}</h3>
      <p>{k().askText}</p>
      {step === "failed" && (
        <p class="failed" role="alert">
          {k().notForgotten}
        </p>
      )}
      <div class="answers">
        <button type="button" disabled={step === "sent"} onClick={() => setStep("offered")}>
          {k().keep}
        </button>
        <button class="danger" type="button" disabled={step === "sent"} onClick={() => void forget()}>
          {k().forget}
        </button>
      </div>
    </section>
  );
}
