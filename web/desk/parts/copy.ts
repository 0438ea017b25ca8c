// Copying a text to the clipboard.
import { texts } from "../texts";
import { complain, tell } from "./notice";

const t = texts(
  { copied: "Copied.", notCopied: "The browser did not copy it: mark it and copy it yourself." },
  { copied: "已复制。", notCopied: "浏览器未能复制，请手动选择并复制。" },
);

/** The old way: over plain HTTP browsers have no clipboard. */
function copyBySelection(text: string): boolean {
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "unseen";
  // A dialog keeps the focus within itself.
  (document.querySelector("dialog[open]") ?? document.body).append(area);
  const active = document.activeElement as HTMLElement | null;
  area.select();
  const isCopied = document.execCommand("copy");
  area.remove();
  active?.focus();
  return isCopied;
}

/** Copies a text, and tells whether it worked. */
export async function copyText(text: string): Promise<void> {
  let isCopied = true;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    isCopied = copyBySelection(text);
  }
  if (isCopied) tell(t().copied);
  else complain(t().notCopied);
}
