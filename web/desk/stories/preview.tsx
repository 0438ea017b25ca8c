// A story as its readers will see it, drawn anew a moment after each change.
import { useEffect, useState } from "preact/hooks";
import { ApiError, execute } from "../../shared/server";
import { staff } from "../session";
import { minutesToRead } from "./markdown";
import { PreviewText } from "./operations";
import { s } from "./texts";

const quietMs = 500;

interface PreviewProps {
  slug: string;
  title: string;
  summary: string;
  body: string;
  coverUrl: string | null;
  person: string | undefined;
  /** The text as it was saved, which is shown without asking. */
  saved: { body: string; html: string } | undefined;
}

/** The text as HTML of the server, which lets through what the reading page shows; kept where an answer fails. */
function useHtml(slug: string, body: string, saved: PreviewProps["saved"]): { html: string; isFailed: boolean } {
  const [state, setState] = useState({ html: saved?.html ?? "", isFailed: false });
  useEffect(() => {
    const known = body.trim() === "" ? "" : body === saved?.body ? saved.html : undefined;
    if (known !== undefined) return setState({ html: known, isFailed: false });
    let isStale = false;
    const timer = setTimeout(async () => {
      try {
        const { campaign } = await execute(PreviewText, { slug, body }, { as: staff });
        if (!isStale && campaign?.desk) setState({ html: campaign.desk.preview.html, isFailed: false });
      } catch (error) {
        if (!isStale && error instanceof ApiError) setState(({ html }) => ({ html, isFailed: true }));
      }
    }, quietMs);
    return () => {
      isStale = true;
      clearTimeout(timer);
    };
  }, [slug, body, saved?.html]);
  return state;
}

/** The reading page of a story. */
export function Preview({ slug, title, summary, body, coverUrl, person, saved }: PreviewProps) {
  const { html, isFailed } = useHtml(slug, body, saved);
  const isEmpty = !title.trim() && !summary.trim() && !body.trim();
  if (isEmpty && !coverUrl) return <p class="soft">{s().previewEmpty}</p>;
  return (
    <article class="reading">
      {coverUrl && <img class="cover-picture" src={coverUrl} alt="" />}
      <h2>{title.trim() || s().untitled}</h2>
      <p class="facts">
        {person && <span>{person}</span>}
        {body.trim() && <span>{s().minutes(minutesToRead(body))}</span>}
      </p>
      {summary.trim() && <p class="summary">{summary}</p>}
      {isFailed && (
        <p class="soft" role="status">
          {s().previewFailed}
        </p>
      )}
      <div class="body" dangerouslySetInnerHTML={{ __html: html }} />
    </article>
  );
}
