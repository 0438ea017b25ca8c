// The name of a campaign in addresses: made from the title, and looked up while it is typed.
import { useEffect, useRef, useState } from "preact/hooks";
import { execute } from "../../shared/server";
import { Field } from "../parts/form";
import { staff } from "../session";
import { FindSlug } from "./operations";
import { t } from "./texts";

const pauseMs = 400;
const slugCharsMax = 64;

/** Whether a text can be a name in addresses. */
export const isSlug = (text: string) => /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])$/.test(text);

/** The name that a title gives: its Latin letters and digits, else a word with the year. */
export function slugOf(title: string, year: number): string {
  const latin = title
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[\u0300-\u036f'’]/g, "")
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, slugCharsMax)
    .replace(/^-+|-+$/g, "");
  if (isSlug(latin) && /[a-z]/.test(latin)) return latin;
  return `awards-${/\d{4}/.exec(latin)?.[0] ?? year}`;
}

type SlugState = "invalid" | "checking" | "free" | "taken" | "unknown";

/** Looks up whether a name is free, a moment after it was typed. Drafts of others are not seen: the server knows. */
export function useSlugState(slug: string): SlugState {
  const [found, setFound] = useState<{ slug: string; state: SlugState }>();
  useEffect(() => {
    if (!isSlug(slug)) return;
    let isCurrent = true;
    const timer = setTimeout(() => {
      execute(FindSlug, { slug }, { as: staff, isBackground: true }).then(
        ({ campaign }) => isCurrent && setFound({ slug, state: campaign ? "taken" : "free" }),
        () => isCurrent && setFound({ slug, state: "unknown" }),
      );
    }, pauseMs);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [slug]);
  if (!isSlug(slug)) return "invalid";
  return found?.slug === slug ? found.state : "checking";
}

/** The name with the next number behind it. */
function numbered(slug: string): string {
  const [, stem = slug, number = "1"] = /^(.*?)(?:-(\d{1,3}))?$/.exec(slug) ?? [];
  return `${stem.slice(0, slugCharsMax - 4)}-${Number(number) + 1}`;
}

/** Gives a name that nobody has typed and that is taken a number, until the title gives another one. */
function useFreeSlug({ value, derived, onInput }: SlugFieldProps, state: SlugState): void {
  const given = useRef({ derived, slug: "" });
  useEffect(() => {
    const isGiven = value !== "" && value === given.current.slug;
    if (isGiven && given.current.derived !== derived) return onInput("");
    if (state !== "taken" || (value && !isGiven)) return;
    given.current = { derived, slug: isGiven ? numbered(value) : `${derived.slice(0, slugCharsMax - 4)}-2` };
    onInput(given.current.slug);
  }, [state, derived, value]);
}

interface SlugFieldProps {
  value: string;
  /** The name that stands there as long as none is typed. */
  derived: string;
  onInput: (value: string) => void;
  error?: string | undefined;
}

/** The name in addresses. */
export function SlugField(props: SlugFieldProps) {
  const { value, derived, onInput, error } = props;
  const slug = value || derived;
  const state = useSlugState(slug);
  useFreeSlug(props, state);
  const words: Record<SlugState, string> = {
    invalid: t().slugInvalid,
    checking: t().slugChecking,
    free: t().slugFree,
    taken: t().slugTaken,
    unknown: t().slugUnknown,
  };
  const wrong = error ?? (state === "invalid" || state === "taken" ? words[state] : undefined);
  return (
    <Field label={t().slug} hint={t().slugHint} error={wrong}>
      {(attributes) => (
        <>
          <span class="slug">
            <span aria-hidden="true">{location.host}/c/</span>
            <input
              {...attributes}
              value={slug}
              maxLength={slugCharsMax}
              autocomplete="off"
              autocapitalize="off"
              spellcheck={false}
              onInput={(event) => onInput(event.currentTarget.value.toLowerCase().replace(/[\s_]/g, "-"))}
            />
          </span>
          <small role="status" class={state === "free" ? "good" : "soft"}>
            {wrong ? "" : words[state]}
          </small>
        </>
      )}
    </Field>
  );
}
