const documents = require('../../lib/documents.js');
const { beginning, texts, words, wholeAddress, followNetwork, nameTabs } = require('../../lib/page.js');
const { rankingOf } = require('../../lib/ranking.js');
const { figure } = require('../../lib/texts.js');
const config = require('../../config.js');

const { client } = getApp();
const PAGE_SIZE = 100;

/** @param {string} time */
function timeText(time) {
  const at = new Date(time);
  const two = (/** @type {number} */ n) => String(n).padStart(2, '0');
  const date = texts.date(at.getFullYear(), at.getMonth() + 1, at.getDate());
  return `${date} ${two(at.getHours())}:${two(at.getMinutes())}`;
}

/**
 * How the votes were counted, line by line.
 * @param {any} campaign
 */
function countingOf({ tally, rules }) {
  const lines = [texts.counted(figure(tally.countedVotes), figure(tally.voters)), texts.how(rules), texts.ties];
  if (tally.withheldVotes > 0) lines.push(texts.withheld(figure(tally.withheldVotes)));
  if (tally.withdrawnVotes > 0) lines.push(texts.withdrawn(figure(tally.withdrawnVotes)));
  return [...lines, texts.asOf(timeText(tally.asOf))];
}

Page({
  data: {
    ...beginning,
    /** @type {any} */
    campaign: null,
    /** @type {string | null} */
    cover: null,
    title: '',
    note: '',
    category: '',
    /** The category's podium and rows; null while they are read. @type {any} */
    ranking: null,
    /** @type {string[]} */
    counting: [],
    /** @type {any[]} */
    amendments: [],
    hiddenHint: '',
  },

  /** The number of categories that were chosen: an answer for an earlier one is not for this. */
  choosing: 0,
  /** @type {(() => void) | undefined} */
  stopNetwork: undefined,

  onLoad() {
    this.stopNetwork = followNetwork(this, () => this.onRetry());
    this.load();
  },

  onShow() {
    nameTabs();
    // Places change while voting is open, and a phase may have ended meanwhile.
    if (this.data.campaign) this.load();
  },

  onUnload() {
    if (this.stopNetwork) this.stopNetwork();
  },

  async onPullDownRefresh() {
    await this.load();
    wx.stopPullDownRefresh();
  },

  onShareAppMessage() {
    const { campaign, title } = this.data;
    return { title: campaign ? `${campaign.title} · ${title}` : '', path: '/pages/result/result' };
  },

  onRetry() {
    this.setData({ state: 'loading' });
    this.load();
  },

  async load() {
    try {
      const { campaign } = await client.query(documents.Result, { slug: config.campaign });
      if (!campaign) throw new Error(`no campaign ${config.campaign}`);
      const { title, note } = texts.results[campaign.phase] || texts.results.VOTING;
      wx.setNavigationBarTitle({ title });
      this.setData({
        campaign,
        title,
        cover: wholeAddress(campaign.coverUrl),
        note,
        category: this.data.category || campaign.categories[0].id,
        counting: campaign.tally ? countingOf(campaign) : [],
        amendments: campaign.amendments.map((/** @type {any} */ one, /** @type {number} */ key) => ({
          ...one,
          key,
          time: timeText(one.at),
        })),
        hiddenHint: campaign.rules.tallyVisibility === 'AFTER_CLOSE' ? words.resultHiddenLater : words.resultHiddenStaff,
      });
      if (campaign.tally) await this.rank();
      this.setData({ state: 'ready' });
    } catch (error) {
      if (!this.data.ranking) this.setData({ state: 'failed' });
    }
  },

  /** Reads the ranking of the category that is chosen, all of it: ties and the cut are seen in the whole only. */
  async rank() {
    this.choosing += 1;
    const { choosing } = this;
    const { category, campaign } = this.data;
    const { shortlistSize } = campaign.categories.find((/** @type {any} */ { id }) => id === category);
    /** @type {any[]} */
    const nominees = [];
    let page = { slug: config.campaign, category, first: PAGE_SIZE, after: null };
    for (let isComplete = false; !isComplete; ) {
      const answer = await client.query(documents.Ranking, page);
      const { nodes, pageInfo } = answer.campaign.nominees;
      nominees.push(...nodes);
      page = { ...page, after: pageInfo.endCursor };
      isComplete = !pageInfo.hasNextPage;
    }
    if (choosing === this.choosing) this.setData({ ranking: rankingOf(nominees, shortlistSize) });
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  onCategory(event) {
    this.setData({ category: event.currentTarget.dataset.id, ranking: null, state: 'loading' });
    return this.load();
  },
});
