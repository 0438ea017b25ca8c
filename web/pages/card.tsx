// The card of a nominee in the list.
import type { ComponentChildren } from "preact";
import type { NomineeCardFragment } from "./operations";
import { Portrait, Votes } from "./parts";
import { t } from "./texts";

interface NomineeCardProps {
  href: string;
  nominee: NomineeCardFragment;
  /** The button of the vote, and why the last one was refused. */
  children: ComponentChildren;
}

/**
 * The same markup in every state, without styles of its own, so that a server can write it, too:
 *
 *     li.nominee > a > ( span.face.tone-N > img.portrait | span.initial, span.number, span.medal.place-N? )
 *                      ( span.who > strong, span.employer )
 *                      ( span.standing > span.votes, span.rank )
 *                  button.act.<state of the ballot>
 *
 * A picture is 300 by 400 and 3:4 whatever it is like; N of the tone is the number's.
 */
export function NomineeCard({ href, nominee, children }: NomineeCardProps) {
  const { number, name, employer } = nominee;
  const place = placeOf(nominee);
  return (
    <li class="nominee">
      <a href={href}>
        <span class={`face ${toneOf(number)}`}>
          <Portrait nominee={nominee} />
          <span class="number">{t().number(number)}</span>
          <Medal rank={place} />
        </span>
        <span class="who">
          <strong>{name}</strong>
          <span class="employer">{employer}</span>
        </span>
        <span class="standing">
          <Votes nominee={nominee} />
          {place !== null && <span class="rank">{t().rank(place)}</span>}
        </span>
      </a>
      {children}
    </li>
  );
}

/** The class of the tone behind a portrait. */
export const toneOf = (number: number) => `tone-${(number % 5) + 1}`;

/** The place to show. Whoever has no vote shares one with all others without, and that is no place. */
export function placeOf({ rank, votes }: Pick<NomineeCardFragment, "rank" | "votes">): number | null {
  return votes === 0 ? null : rank;
}

/** A medal for the first three places; the place is said in words beside the votes. */
export function Medal({ rank }: { rank: number | null }) {
  if (rank === null || rank > 3) return null;
  return (
    <span class={`medal place-${rank}`} aria-hidden="true">
      {rank}
    </span>
  );
}
