const { documents } = require('../../lib/acclaim.js');
const { vote, showError, quotaOf, periodEndMs, initialOf } = require('../../lib/vote.js');
const config = require('../../config.js');

const { client } = getApp();
const PAGE_SIZE = 30;
const SEARCH_DELAY_MS = 300;
/** A campaign that is due is read again after this and up to as much more, so that not all phones come at once. */
const RELOAD_MS = 3000;
/** A vote that is not open is read again this often: it may open earlier or be prolonged. */
const CLOSED_POLL_MS = 60000;

Page({
  data: {
    /** @type {any} */
    campaign: null,
    category: '',
    search: '',
    /** @type {any[]} */
    nominees: [],
    /** @type {any} */
    quota: null,
    /** The categories without votes left. @type {Record<string, boolean>} */
    spent: {},
    isOpen: false,
    isComplete: false,
    left: '',
  },

  /** @type {string | null} */
  cursor: null,
  /** The number of lists that were begun: an answer for an earlier one is not for this. */
  listing: 0,
  isLoading: false,
  /** @type {any} */
  tickTimer: undefined,
  /** @type {any} */
  searchTimer: undefined,
  reloadAtMs: 0,
  /** @type {number | undefined} */
  hiddenAtMs: undefined,

  async onLoad() {
    if (await this.loadCampaign()) await this.restart();
  },

  onShow() {
    // Quotas, phases and closing times may have changed while another page or program was shown.
    if (this.hiddenAtMs !== undefined) this.loadCampaign();
    this.hiddenAtMs = undefined;
    clearInterval(this.tickTimer);
    this.tickTimer = setInterval(() => this.tick(), 1000);
  },

  onHide() {
    this.hiddenAtMs = client.now();
    clearInterval(this.tickTimer);
  },

  onUnload() {
    clearInterval(this.tickTimer);
    clearTimeout(this.searchTimer);
  },

  async onPullDownRefresh() {
    if (await this.loadCampaign()) await this.restart();
    wx.stopPullDownRefresh();
  },

  onReachBottom() {
    this.loadMore();
  },

  onShareAppMessage() {
    return { title: this.data.campaign ? this.data.campaign.title : '', path: '/pages/list/list' };
  },

  /** Reads the campaign, at first or again; gives whether that worked. */
  async loadCampaign() {
    try {
      const { campaign } = await client.query(documents.Campaign, { slug: config.campaign });
      if (!campaign) throw new Error(`no campaign ${config.campaign}`);
      wx.setNavigationBarTitle({ title: campaign.title });
      const before = this.data.campaign;
      const category = this.data.category || campaign.categories[0].id;
      this.setData({ campaign, category, isOpen: campaign.phase === 'VOTING' });
      if (before) this.noteQuotas(before.viewerQuotas, campaign.viewerQuotas);
      this.showQuota();
      this.reloadAtMs = client.now() + (campaign.phase === 'VOTING' ? RELOAD_MS : CLOSED_POLL_MS) * (1 + Math.random());
      return true;
    } catch (error) {
      if (!this.data.campaign) showError(error, '无法连接服务器，请下拉重试。');
      return false;
    }
  },

  /** Lists from the beginning. */
  restart() {
    this.cursor = null;
    this.isLoading = false;
    this.listing += 1;
    this.setData({ nominees: [], isComplete: false });
    return this.loadMore();
  },

  async loadMore() {
    if (this.isLoading || this.data.isComplete) return;
    this.isLoading = true;
    const { listing } = this;
    const { category, search } = this.data;
    try {
      const { campaign } = await client.query(documents.Nominees, {
        slug: config.campaign,
        first: PAGE_SIZE,
        after: this.cursor,
        category: search ? null : category,
        search: search || null,
        orderBy: 'SHUFFLED',
        seed: client.seed(),
      });
      // Another list may have been begun while this page was on its way.
      if (listing !== this.listing) return;
      const { nodes, pageInfo } = campaign.nominees;
      this.cursor = pageInfo.endCursor;
      const added = nodes.map((/** @type {any} */ nominee) => ({ ...nominee, initial: initialOf(nominee.name) }));
      this.setData({ nominees: [...this.data.nominees, ...added], isComplete: !pageInfo.hasNextPage });
      this.showQuota();
      const pending = client.pendingVotes();
      for (const nominee of added) if (pending.includes(nominee.id)) this.castVote(nominee);
    } catch (error) {
      if (listing === this.listing) showError(error, '加载失败，请上拉重试。');
    } finally {
      if (listing === this.listing) this.isLoading = false;
    }
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  onCategory(event) {
    clearTimeout(this.searchTimer);
    this.setData({ category: event.currentTarget.dataset.id, search: '' });
    this.showQuota();
    this.restart();
  },

  /** @param {WechatMiniprogram.Input} event */
  onSearch(event) {
    const search = event.detail.value.trim();
    clearTimeout(this.searchTimer);
    this.searchTimer = setTimeout(() => {
      this.setData({ search });
      this.restart();
    }, SEARCH_DELAY_MS);
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  onVote(event) {
    this.castVote(this.data.nominees[event.currentTarget.dataset.index]);
  },

  /** @param {any} nominee */
  async castVote(nominee) {
    this.patch(nominee.id, { isBusy: true });
    const { isVoted, isOutdated, votes, quota } = await vote(nominee);
    const known = this.data.campaign.viewerQuotas;
    const before = known || [];
    if (quota) {
      const id = (/** @type {any} */ quota) => quota.category && quota.category.id;
      // Quotas of an earlier period are read anew.
      const isOther = (/** @type {any} */ other) => id(other) !== id(quota) && other.resetsAt === quota.resetsAt;
      const others = before.filter(isOther);
      this.setData({ 'campaign.viewerQuotas': [...others, quota] });
      this.noteQuotas(before, [quota]);
      this.showQuota();
    }
    const count = nominee.votes === null ? null : Math.max(votes || 0, nominee.votes + (isVoted ? 1 : 0));
    this.patch(nominee.id, { isBusy: false, viewerHasVoted: isVoted || nominee.viewerHasVoted, votes: count });
    const isComplete = !quota || (known && this.data.campaign.viewerQuotas.length >= known.length);
    if (isOutdated || !isComplete) this.loadCampaign();
  },

  /**
   * @param {string} id
   * @param {object} change
   */
  patch(id, change) {
    this.setData({ nominees: this.data.nominees.map((nominee) => (nominee.id === id ? { ...nominee, ...change } : nominee)) });
  },

  /**
   * In a new period this voter has voted for nobody.
   * @param {any[] | null} before
   * @param {any[] | null} after
   */
  noteQuotas(before, after) {
    const isNewPeriod = after && after.length > 0 && periodEndMs(after) > periodEndMs(before);
    if (isNewPeriod) this.setData({ nominees: this.data.nominees.map((nominee) => ({ ...nominee, viewerHasVoted: false })) });
  },

  showQuota() {
    const { campaign, category, search, nominees } = this.data;
    const quotas = campaign.viewerQuotas || [];
    // A search finds nominees of several categories, and no quota is theirs together.
    const found = new Set(nominees.map((nominee) => nominee.category.id));
    const shown = search ? (found.size === 1 ? [...found][0] : null) : category;
    const isSpent = (/** @type {any} */ { id }) => (quotaOf(quotas, id) || {}).remaining === 0;
    const spent = Object.fromEntries(campaign.categories.filter(isSpent).map((/** @type {any} */ { id }) => [id, true]));
    this.setData({ quota: quotaOf(quotas, shown), spent });
  },

  tick() {
    const { campaign } = this.data;
    if (!campaign) return;
    const isUpcoming = campaign.phase === 'UPCOMING';
    const isRunning = isUpcoming || campaign.phase === 'VOTING';
    const ms = Date.parse(isUpcoming ? campaign.votingOpensAt : campaign.votingClosesAt) - client.now();
    const stopped = campaign.phase === 'PAUSED' ? '投票已暂停' : '投票已经结束';
    this.setData({ left: isRunning ? countdown(isUpcoming, ms) : stopped });
    // The next quota, opening or end is the server's to say. A vote that is not open may open earlier or be prolonged.
    const isDue = campaign.phase !== 'VOTING' || ms <= 0 || periodEndMs(campaign.viewerQuotas) <= client.now();
    if (isDue && client.now() >= this.reloadAtMs) {
      this.reloadAtMs = client.now() + RELOAD_MS * (1 + Math.random());
      this.loadCampaign();
    }
  },
});

/**
 * @param {boolean} isUpcoming
 * @param {number} ms
 */
function countdown(isUpcoming, ms) {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const two = (/** @type {number} */ n) => String(n).padStart(2, '0');
  const clock = [Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60].map(two).join(':');
  return `${isUpcoming ? '距投票开始' : '距投票结束'} ${Math.floor(seconds / 86400)}天 ${clock}`;
}
