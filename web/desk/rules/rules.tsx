// The view of rules and times: where the campaign stands, what it is and when, its rules and categories, and what was
// amended.
import "./rules.css";
import { useState } from "preact/hooks";
import { type Campaign, mayHere, useCampaign } from "../campaign";
import { Phase } from "../parts/states";
import { allTimes } from "../parts/zone";
import { t } from "../texts";
import { AmendSheet, Amendments } from "./amend";
import { CampaignForm, RulesRead, TimesRead } from "./campaign_form";
import { Categories, CategoriesRead } from "./categories";
import { Life } from "./life";
import { Fact } from "./parts";
import { r } from "./texts";

export function RulesView(_: { id?: string | undefined }) {
  const campaign = useCampaign();
  const [isAmending, setIsAmending] = useState(false);
  const isEditor = mayHere("EDIT_CAMPAIGNS");
  const canEdit = isEditor && campaign.phase !== "ARCHIVED";
  return (
    <div class="rules-view">
      <header class="head">
        <h1>{t().rules}</h1>
        <Phase phase={campaign.phase} />
        <small>{allTimes(campaign.timeZone)}</small>
        {!isEditor && <p class="soft">{r().readHint}</p>}
      </header>
      <div class="stack">
        <Life canEdit={isEditor} />
        {canEdit ? <CampaignForm onAmend={() => setIsAmending(true)} /> : <CampaignRead campaign={campaign} />}
        {canEdit ? <Categories /> : <CategoriesRead campaign={campaign} />}
        <Amendments campaign={campaign} />
      </div>
      {isAmending && <AmendSheet onClose={() => setIsAmending(false)} />}
    </div>
  );
}

/** The campaign for who changes nothing. */
function CampaignRead({ campaign }: { campaign: Campaign }) {
  return (
    <div class="halves">
      <section class="box" aria-labelledby="what">
        <h2 id="what">{r().what}</h2>
        <dl class="facts one">
          <Fact label={r().title}>{campaign.title}</Fact>
          {campaign.summary && (
            <Fact label={r().summary}>
              <span class="multiline">{campaign.summary}</span>
            </Fact>
          )}
          <Fact label={r().address}>{`${location.host}/c/${campaign.slug}`}</Fact>
          {campaign.coverUrl && (
            <Fact label={r().cover}>
              <img class="cover-read" src={campaign.coverUrl} alt="" />
            </Fact>
          )}
        </dl>
      </section>
      <div class="stack">
        <section class="box" aria-labelledby="when">
          <h2 id="when">{r().when}</h2>
          <TimesRead campaign={campaign} />
        </section>
        <section class="box" aria-labelledby="vote-rules">
          <h2 id="vote-rules">{r().rules}</h2>
          <RulesRead campaign={campaign} />
        </section>
      </div>
    </div>
  );
}
