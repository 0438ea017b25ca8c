// Voting, quotas and nominees' cards, as the list, a nominee's page and a story's end share them.
const { figure } = require('./texts.js');
const { texts, words, wholeAddress } = require('./page.js');

const { client } = getApp();
/** The grounds that portraits stand on. */
const TONES = 5;
/** A quota of more votes is told in figures only. */
const DOTS_MAX = 20;
/** This program's voters, as rules name them. */
const VOTER_KIND = 'WECHAT_MINI_PROGRAM';

/**
 * What came of a vote.
 * @typedef {object} Outcome
 * @property {boolean} isVoted the nominee has the vote now
 * @property {boolean} [isNew] by this call
 * @property {boolean} [isOutdated] the rules are no longer those that the page shows
 * @property {number} [votes]
 * @property {any} [quota]
 * @property {{ code: string, message: string, help: string } | null} refusal why there is no vote, and what would help
 */

/**
 * Casts a vote.
 * @param {{ id: string }} nominee
 * @returns {Promise<Outcome>}
 */
async function vote(nominee) {
  try {
    const { nominee: counted, quota, userErrors } = await client.castVote(nominee.id);
    const error = userErrors[0];
    const isVoted = !error || error.code === 'ALREADY_VOTED';
    const refusal = isVoted ? null : { ...error, help: helpFor(error.code, quota) };
    return { isVoted, isNew: !error, isOutdated: !isVoted, votes: counted && counted.votes, quota, refusal };
  } catch (error) {
    const { code, isRetryable, message } = /** @type {any} */ (error);
    const known = { code, message, help: '' };
    const unknown = { code, message: words.voteUnknown, help: words.voteUnknownHelp };
    return { isVoted: false, refusal: isRetryable === false ? known : unknown };
  }
}

/**
 * What a voter can do after a refusal.
 * @param {string} code
 * @param {any} quota
 */
function helpFor(code, quota) {
  return (code === 'QUOTA_SPENT' && quota && quota.resetsAt ? texts.helps.QUOTA_SPENT_DAY : texts.helps[code]) || '';
}

/**
 * The state of a nominee's button: the key of its words and of its look.
 * @param {any} nominee
 * @param {{ phase: string, rules: any, viewerQuotas: any[] | null }} campaign
 */
function stateOf(nominee, { phase, rules, viewerQuotas }) {
  if (nominee.isBusy) return 'sending';
  if (nominee.viewerHasVoted) return 'voted';
  if (phase === 'UPCOMING') return 'upcoming';
  if (phase === 'PAUSED') return 'paused';
  if (phase !== 'VOTING') return 'closed';
  if (nominee.status !== 'ACTIVE') return 'frozen';
  if (!rules.admits.includes(VOTER_KIND)) return 'barred';
  return (quotaOf(viewerQuotas, nominee.category.id) || {}).remaining === 0 ? 'spent' : 'vote';
}

/**
 * A nominee with what its card shows.
 * @param {any} nominee as the API gives it
 * @param {any} campaign
 */
function cardOf(nominee, campaign) {
  const card = {
    ...nominee,
    portrait: wholeAddress(nominee.portraitUrl),
    initial: initialOf(nominee.name),
    tone: (nominee.number % TONES) + 1,
    numberText: texts.number(nominee.number),
    voteLabel: texts.voteFor(nominee.name),
    refusal: null,
    isBusy: false,
  };
  return { ...card, ...standingOf(nominee), state: stateOf(card, campaign) };
}

/**
 * Votes and place as a card shows them; empty where the rules hide them.
 * @param {{ votes: number | null, rank: number | null }} standing
 */
function standingOf({ votes, rank }) {
  const isPlaced = votes !== null && votes > 0 && rank !== null;
  return {
    votes,
    rank,
    votesText: votes === null ? '' : figure(votes),
    rankText: isPlaced ? texts.rank(/** @type {number} */ (rank)) : '',
    medal: isPlaced && /** @type {number} */ (rank) <= 3 ? /** @type {number} */ (rank) : 0,
  };
}

/**
 * A card after an answer to its vote.
 * @param {any} card
 * @param {Outcome} outcome
 * @param {any} campaign
 */
function settled(card, { isVoted, votes, refusal }, campaign) {
  const count = card.votes === null ? null : Math.max(votes || 0, card.votes + (isVoted ? 1 : 0));
  const status = refusal && refusal.code === 'NOMINEE_FROZEN' ? 'FROZEN' : card.status;
  const after = { ...card, status, isBusy: false, viewerHasVoted: isVoted || card.viewerHasVoted, refusal };
  return { ...after, ...standingOf({ votes: count, rank: card.rank }), state: stateOf(after, campaign) };
}

/**
 * The quota of a category; null where the voter is unknown.
 * @param {any[] | null} quotas
 * @param {string | null} category
 */
function quotaOf(quotas, category) {
  return (quotas || []).find((quota) => !quota.category || quota.category.id === category) || null;
}

/**
 * A quota with its words and its dots: a full one for each vote left.
 * @param {any} quota
 */
function quotaView(quota) {
  if (!quota) return null;
  const { limit, remaining } = quota;
  const name = quota.category ? quota.category.name : words.allCategories;
  const dots = limit > DOTS_MAX ? [] : Array.from({ length: limit }, (_, i) => i < remaining);
  return { ...quota, name, dots, text: texts.quotaLeft(name, remaining), rest: texts.quotaRest(remaining, limit) };
}

/**
 * Quotas after an answer that gives one of them anew; those of an earlier period are gone.
 * @param {any[] | null} quotas
 * @param {any} quota
 */
function withQuota(quotas, quota) {
  const id = (/** @type {any} */ { category }) => category && category.id;
  const isOther = (/** @type {any} */ other) => id(other) !== id(quota) && other.resetsAt === quota.resetsAt;
  return [...(quotas || []).filter(isOther), quota];
}

/**
 * The moment at which quotas are granted anew; Infinity where none is.
 * @param {any[] | null} quotas
 */
function periodEndMs(quotas) {
  return Math.min(...(quotas || []).map((quota) => (quota.resetsAt ? Date.parse(quota.resetsAt) : Infinity)));
}

/**
 * The first character of a name, rare ones too, which are two units of a string.
 * @param {string} name
 */
function initialOf(name) {
  return Array.from(name)[0] || '';
}

module.exports = { vote, stateOf, cardOf, standingOf, settled, quotaOf, quotaView, withQuota, periodEndMs, initialOf };
