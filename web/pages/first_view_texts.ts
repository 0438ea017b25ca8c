// The texts of the first view, which the server writes: taken from `texts.ts` by `build.js`, so that there is one copy.
// Not part of the program.
import { type Language, chooseLanguage } from "../shared/language";
import { t } from "./texts";

/** A text for one and for another number, with `{n}` in the number's place. */
const counted = (text: (n: number) => string) => ({
  one: text(1).replace("1", "{n}"),
  other: text(2).replace("2", "{n}"),
});

/** A text for an allowance of votes that comes anew each day, or once. */
const byPeriod = <Text>(text: (isDaily: boolean) => Text) => ({ day: text(true), campaign: text(false) });

/** A text with a number that it does not depend on. */
const numbered = (text: (n: number) => string) => counted(text).other;

function texts() {
  const all = t();
  return {
    // In words.
    switchLanguage: all.switchLanguage,
    loading: all.loading,
    nominees: all.nominees,
    stories: all.stories,
    board: all.board,
    result: all.result,
    categories: all.categories,
    openSearch: all.openSearch,
    order: all.order,
    orderShuffled: all.orderShuffled,
    orderNumber: all.orderNumber,
    orderVotes: all.orderVotes,
    asList: all.asList,
    asGrid: all.asGrid,
    noNominees: all.noNominees,
    vote: all.vote,
    frozen: all.frozen,
    pausedShort: all.pausedShort,
    closedShort: all.closedShort,
    notYet: all.notYet,
    scan: all.scan,
    voteInMiniProgram: all.voteInMiniProgram,
    like: all.like,
    share: all.share,
    films: all.films,
    watch: all.watch,
    listen: all.listen,
    allNominees: all.allNominees,
    kept: all.kept,
    perCategory: all.perCategory,
    opensIn: all.opensIn,
    closesIn: all.closesIn,
    lastHour: all.lastHour,
    timeUnits: all.timeUnits,
    aboutVote: all.aboutVote,
    upcomingText: all.upcomingText,
    remindMe: all.remindMe,
    pausedHead: all.pausedHead,
    pausedText: all.pausedText,
    closedHead: all.closedHead,
    publishedHead: all.publishedHead,
    publishedText: all.publishedText,
    archivedHead: all.archivedHead,
    showResult: all.showResult,
    showFigures: all.showFigures,
    readStories: all.readStories,
    closed: all.closed,
    paused: all.paused,
    totalVotes: all.totalVotes,
    voters: all.voters,
    // With something in them.
    number: numbered(all.number),
    rank: numbered(all.rank),
    amended: numbered(all.amended),
    voteFor: all.voteFor("{name}"),
    quotaOf: all.quotaOf("{name}"),
    votingTime: all.votingTime("{from}", "{to}"),
    upcomingHead: all.upcomingHead("{time}"),
    closedText: all.closedText("{time}"),
    votesUnit: counted(all.votesUnit),
    views: counted(all.views),
    quotaRule: byPeriod((isDaily) => counted((n) => all.quotaRule(n, isDaily))),
    howToVote: {
      category: byPeriod((isDaily) => counted((n) => all.howToVote(n, isDaily, true))),
      campaign: byPeriod((isDaily) => counted((n) => all.howToVote(n, isDaily, false))),
    },
  };
}

/** The texts by language. */
export function firstViewTexts() {
  const textsIn = (language: Language) => {
    chooseLanguage(language);
    return texts();
  };
  return { en: textsIn("en"), zh: textsIn("zh") };
}
