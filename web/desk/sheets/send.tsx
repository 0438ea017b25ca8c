// The sending of a sheet, of which an import becomes.
import { useRef, useState } from "preact/hooks";
import { ApiError, execute } from "../../shared/server";
import { randomUuid } from "../../shared/session";
import { storedValue } from "../../shared/storage";
import { useCampaign } from "../campaign";
import { Icon } from "../parts/icon";
import { explain } from "../parts/states";
import { UploadRefused, upload } from "../parts/upload";
import { campaignPath, go } from "../route";
import { staff } from "../session";
import { t as shared } from "../texts";
import { CreateImport, type ImportKind, type ImportStateFragment } from "./operations";
import { t } from "./texts";

const sheetBytesMax = 10 * 1024 * 1024;
export const kinds: readonly ImportKind[] = ["NOMINEES", "STORIES"];

/** The name of an import's file, which this window alone knows, and forgets with what its member was typing. */
const fileName = (id: string) => storedValue<string>(`sheet.${id}`, () => sessionStorage);

/** The name of the file that an import was made of, where it was sent from this window. */
export const fileNameOf = (id: string) => fileName(id).read();

/** What is wrong with a file before it is sent; none where nothing is. */
function faultOf(file: File): string | undefined {
  if (!/\.(xlsx|csv|xls|xlsb|ods|txt)$/i.test(file.name)) return t().noSheet;
  if (file.size === 0) return t().sheetEmpty;
  if (file.size > sheetBytesMax) return t().sheetTooLarge((Math.ceil(file.size / 1024 / 102.4) / 10).toFixed(1));
  return undefined;
}

/** The place where a sheet is dropped or chosen; it goes to the import that becomes of it. */
export function SendSheet({ kind: fixed }: { kind?: ImportKind }) {
  const campaign = useCampaign();
  const input = useRef<HTMLInputElement>(null);
  const [kind, setKind] = useState<ImportKind>(fixed ?? "NOMINEES");
  const [isOver, setIsOver] = useState(false);
  const [sending, setSending] = useState<{ name: string; part: number }>();
  const [refusal, setRefusal] = useState<string>();
  const send = async (files: readonly File[]) => {
    const [file] = files;
    if (!file || sending) return;
    const fault = files.length > 1 ? t().oneSheet : faultOf(file);
    setRefusal(fault);
    if (fault !== undefined) return;
    setSending({ name: file.name, part: 0 });
    try {
      const onProgress = (part: number) => setSending({ name: file.name, part });
      const uploadId = await upload(campaign.desk.organisation.id, "SHEET", file, onProgress);
      const input = { campaignId: campaign.id, kind, uploadId, idempotencyKey: randomUuid() };
      const { createImport } = await execute(CreateImport, { input }, { as: staff });
      const made = createImport.import;
      if (!made) return setRefusal(createImport.userErrors[0]?.message ?? shared().refused);
      fileName(made.id).write(file.name);
      go(campaignPath(campaign.slug, "imports", made.id));
    } catch (error) {
      if (!(error instanceof UploadRefused || error instanceof ApiError)) throw error;
      setRefusal(error instanceof UploadRefused ? error.message : explain(error));
    } finally {
      setSending(undefined);
    }
  };
  return (
    <div class="stack">
      {!fixed && (
        <fieldset class="choices">
          <legend class="unseen">{t().kind}</legend>
          {kinds.map((one) => (
            <label key={one} class="check">
              <input type="radio" name="kind" checked={kind === one} disabled={!!sending} onChange={() => setKind(one)} />
              {t().kinds[one]}
            </label>
          ))}
        </fieldset>
      )}
      <div
        class={isOver ? "sheet-drop over" : "sheet-drop"}
        onDragOver={(event) => {
          event.preventDefault();
          setIsOver(true);
        }}
        onDragLeave={() => setIsOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setIsOver(false);
          void send([...(event.dataTransfer?.files ?? [])]);
        }}
      >
        {sending ? (
          <>
            <p role="status">{t().sending(sending.name)}</p>
            <progress value={sending.part} max={1} aria-label={t().sending(sending.name)} />
          </>
        ) : (
          <>
            <p>{isOver ? t().dropNow : t().drop}</p>
            <button type="button" class="primary" onClick={() => input.current?.click()}>
              <Icon name="export" />
              {t().chooseSheet}
            </button>
            <small>{t().sheetHint}</small>
          </>
        )}
        <input
          ref={input}
          class="unseen"
          type="file"
          accept=".xlsx,.csv"
          tabIndex={-1}
          aria-label={t().chooseSheet}
          onChange={({ currentTarget }) => {
            void send([...(currentTarget.files ?? [])]);
            currentTarget.value = "";
          }}
        />
      </div>
      {refusal && (
        <p class="refusal" role="alert">
          {refusal}
        </p>
      )}
    </div>
  );
}

/** Where an import stands, by a word and a colour. */
export function ImportTag({ state: { status, faulty } }: { state: ImportStateFragment }) {
  const colour = status === "APPLIED" ? "good" : status === "FAILED" || faulty > 0 ? "bad" : "warning";
  return <span class={`tag ${colour}`}>{status === "CHECKED" && faulty > 0 ? t().faultyTag(faulty) : t().statuses[status]}</span>;
}
