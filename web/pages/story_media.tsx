// The pictures, films and recordings of a story, each with its line.
import { s } from "./stories_texts";
import { t } from "./texts";

interface Medium {
  kind: "IMAGE" | "VIDEO" | "AUDIO";
  url: string;
  title: string;
}

/** Films and recordings are at home elsewhere: a tap leads there, and no other server learns of a reader before. */
export function StoryMedia({ media }: { media: Medium[] }) {
  if (media.length === 0) return null;
  return (
    <ul class="media">
      {media.map((medium) => (
        <li key={medium.url}>{medium.kind === "IMAGE" ? <Picture {...medium} /> : <Recording {...medium} />}</li>
      ))}
    </ul>
  );
}

const Picture = ({ url, title }: Medium) => (
  <figure>
    <img src={url} alt="" loading="lazy" referrerpolicy="no-referrer" />
    <figcaption>{title}</figcaption>
  </figure>
);

function Recording({ kind, url, title }: Medium) {
  const isFilm = kind === "VIDEO";
  return (
    <a class={isFilm ? "film" : "film sound"} href={url} rel="noreferrer" target="_blank">
      <span class="play" aria-hidden="true">
        {isFilm ? "▶" : "♪"}
      </span>
      <span>
        <strong>
          {isFilm ? t().watch : t().listen}: {title}
        </strong>
        <small>{s().elsewhere(new URL(url, location.href).host)}</small>
      </span>
    </a>
  );
}
