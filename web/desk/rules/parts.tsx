// What the cards of rules and times are made of.
import type { ComponentChildren } from "preact";
import { type Amendment, amendmentSentence } from "../../shared/amendment";
import { language } from "../../shared/language";
import type { Campaign } from "../campaign";
import { Choice } from "../parts/form";
import { Icon } from "../parts/icon";
import { r } from "./texts";

/** A sentence on what is fixed, and from when on. */
export const Lock = ({ children }: { children: ComponentChildren }) => (
  <p class="lock">
    <Icon name="lock" />
    <span>{children}</span>
  </p>
);

/** Something that is read here and not changed. */
export const Fact = ({ label, children }: { label: string; children: ComponentChildren }) => (
  <div class="fact">
    <dt>{label}</dt>
    <dd>{children}</dd>
  </div>
);

interface PublicSentencesProps {
  campaign: Campaign;
  amendments: readonly Amendment[];
}

/** The sentences that the public will read, as they will stand, in both languages. */
export function PublicSentences({ campaign, amendments }: PublicSentencesProps) {
  const tags = language() === "zh" ? (["zh", "en"] as const) : (["en", "zh"] as const);
  return (
    <figure class="public-words">
      <figcaption>{r().publicSentence}</figcaption>
      {amendments.length === 0 ? (
        <p class="soft">{r().publicEmpty}</p>
      ) : (
        tags.map((tag) => (
          <blockquote key={tag} lang={tag === "zh" ? "zh-CN" : "en"}>
            {amendments.map((amendment) => (
              <p key={amendment.subjectLabel}>{amendmentSentence(amendment, campaign, tag)}</p>
            ))}
          </blockquote>
        ))
      )}
    </figure>
  );
}

type ChallengePolicy = Campaign["rules"]["challenge"];

interface ChallengeChoiceProps {
  value: ChallengePolicy;
  onChange: (value: ChallengePolicy) => void;
}

/** The choice of the voters who are challenged, and what that does. */
export const ChallengeChoice = ({ value, onChange }: ChallengeChoiceProps) => (
  <div>
    <Choice
      label={r().challenge}
      value={value}
      options={(["NEVER", "GUESTS", "SUSPICIOUS", "ALWAYS"] as const).map((one) => [one, r().challenges[one]] as const)}
      onChange={onChange}
    />
    <p class="soft">{r().challengeHint}</p>
  </div>
);
