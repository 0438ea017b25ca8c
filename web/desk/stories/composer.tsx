// The text of a story: written in Markdown with a small bar of tools, pictures and pasted pages taken in.
import { useEffect, useRef, useState } from "preact/hooks";
import { execute } from "../../shared/server";
import { Field } from "../parts/form";
import { Icon } from "../parts/icon";
import { complain, tell } from "../parts/notice";
import { staff } from "../session";
import { type Replacement, type Tool, asBlock, pastedText, pictureText, tools } from "./markdown";
import { PreviewPasted } from "./operations";
import { pictureTypes, picturesOf } from "./pictures";
import { s } from "./texts";

const marks: Record<Tool, string> = { bold: "B", heading: "H", quote: "”", list: "•", link: "" };
const keys: Record<string, Tool> = { b: "bold", k: "link" };

/** The text's field, for what is put into it from elsewhere. */
export interface Composer {
  insertPicture: (path: string, title: string) => void;
}

interface ComposerProps {
  slug: string;
  value: string;
  onInput: (text: string) => void;
  error: string | undefined;
  isFixed: boolean;
  /** Takes pictures that were dropped, pasted or chosen. */
  onPictures: (files: File[]) => void;
  /** Set by the field while it is there. */
  handle: { current: Composer | undefined };
}

/** Replaces a part of the text as if it was typed, so that the browser can take it back. */
function replace(area: HTMLTextAreaElement, { start, end, text, selection }: Replacement): void {
  area.focus();
  area.setSelectionRange(start, end);
  // Below a dialog the field takes no focus, and what has it would be typed into.
  if (document.activeElement !== area || !document.execCommand("insertText", false, text)) {
    area.setRangeText(text, start, end, "end");
    area.dispatchEvent(new InputEvent("input", { bubbles: true }));
  }
  area.setSelectionRange(selection.start, selection.end);
}

function insert(area: HTMLTextAreaElement, text: string): void {
  const { selectionStart: start, selectionEnd: end } = area;
  const at = start + text.length;
  replace(area, { start, end, text, selection: { start: at, end: at } });
}

/** The field of the text with its tools. */
export function TextComposer({ slug, value, onInput, error, isFixed, onPictures, handle }: ComposerProps) {
  const area = useRef<HTMLTextAreaElement>(null);
  const chooser = useRef<HTMLInputElement>(null);
  const [isPasting, setIsPasting] = useState(false);
  useEffect(() => {
    handle.current = {
      insertPicture: (path, title) => {
        const { value: text, selectionStart: start, selectionEnd: end } = area.current!;
        insert(area.current!, asBlock(text, { start, end }, pictureText(title, path)));
      },
    };
    return () => (handle.current = undefined);
  }, []);
  const apply = (tool: Tool) => {
    const { value: text, selectionStart: start, selectionEnd: end } = area.current!;
    replace(area.current!, tools[tool](text, { start, end }));
  };
  const paste = async (event: ClipboardEvent) => {
    const html = event.clipboardData?.getData("text/html") ?? "";
    const plain = event.clipboardData?.getData("text/plain") ?? "";
    const pictures = picturesOf(event.clipboardData);
    // Word brings a picture of its text along: where there is text, it is meant.
    if (pictures.length > 0 && plain === "") {
      event.preventDefault();
      return onPictures(pictures);
    }
    if (html.trim() === "") return;
    event.preventDefault();
    setIsPasting(true);
    try {
      const { campaign } = await execute(PreviewPasted, { slug, bodyHtml: html }, { as: staff });
      const markdown = campaign?.desk?.preview.markdown ?? plain;
      if (area.current) {
        const { value: text, selectionStart: start, selectionEnd: end } = area.current;
        insert(area.current, pastedText(text, { start, end }, markdown));
      }
      tell(s().pasted);
    } catch {
      if (area.current) insert(area.current, plain);
      complain(s().pasteFailed);
    }
    setIsPasting(false);
  };
  const drop = (event: DragEvent) => {
    const pictures = picturesOf(event.dataTransfer);
    if (pictures.length === 0) return;
    event.preventDefault();
    onPictures(pictures);
  };
  return (
    <div class="composer">
      <Field label={s().text} hint={s().textHint + s().picturesHint} error={error} isNeeded>
        {(attributes) => (
          <>
      {!isFixed && (
        <div class="tools" role="toolbar" aria-label={s().toolbar} onKeyDown={moveInBar}>
          {(Object.keys(tools) as Tool[]).map((tool, index) => (
            <button
              key={tool}
              type="button"
              class={`quiet icon ${tool}`}
              title={s().tools[tool]}
              aria-label={s().tools[tool]}
              tabIndex={index === 0 ? 0 : -1}
              onClick={() => apply(tool)}
            >
              {marks[tool] ? <b aria-hidden="true">{marks[tool]}</b> : <Icon name="link" />}
            </button>
          ))}
          <button
            type="button"
            class="quiet icon"
            title={s().tools.picture}
            aria-label={s().tools.picture}
            tabIndex={-1}
            onClick={() => chooser.current!.click()}
          >
            <Icon name="picture" />
          </button>
          {isPasting && (
            <small class="soft" role="status">
              {s().pasting}
            </small>
          )}
        </div>
      )}
          <textarea
            {...attributes}
            ref={area}
            rows={20}
            value={value}
            readOnly={isFixed}
            onInput={(event) => onInput(event.currentTarget.value)}
            onPaste={(event) => !isFixed && void paste(event)}
            onDragOver={(event) => event.dataTransfer?.types.includes("Files") && event.preventDefault()}
            onDrop={(event) => !isFixed && drop(event)}
            onKeyDown={(event) => {
              const tool = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && keys[event.key.toLowerCase()];
              if (!tool || isFixed) return;
              event.preventDefault();
              apply(tool);
            }}
          />
          </>
        )}
      </Field>
      <input
        ref={chooser}
        type="file"
        hidden
        multiple
        accept={pictureTypes.join(",")}
        onChange={(event) => {
          const files = Array.from(event.currentTarget.files ?? []);
          event.currentTarget.value = "";
          if (files.length > 0) onPictures(files);
        }}
      />
    </div>
  );
}

/** Moves the keyboard within a bar: one stop for the whole of it. */
function moveInBar(event: KeyboardEvent): void {
  const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
  if (step === 0) return;
  event.preventDefault();
  const buttons = Array.from((event.currentTarget as HTMLElement).querySelectorAll("button"));
  const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
  const next = buttons[(at + step + buttons.length) % buttons.length]!;
  buttons.forEach((button) => (button.tabIndex = button === next ? 0 : -1));
  next.focus();
}
