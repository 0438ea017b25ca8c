const { documents } = require('../../lib/acclaim.js');
const { vote, showError } = require('../../lib/vote.js');
const config = require('../../config.js');

const { client } = getApp();
const PAGE_SIZE = 30;
const SEARCH_DELAY_MS = 300;

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
    isOpen: false,
    isComplete: false,
    left: '',
  },

  /** @type {string | null} */
  cursor: null,
  isLoading: false,
  /** @type {any} */
  tickTimer: undefined,
  /** @type {any} */
  searchTimer: undefined,

  onLoad() {
    this.loadCampaign();
  },

  onShow() {
    this.tickTimer = setInterval(() => this.tick(), 1000);
  },

  onHide() {
    clearInterval(this.tickTimer);
  },

  onUnload() {
    clearInterval(this.tickTimer);
  },

  async onPullDownRefresh() {
    await this.loadCampaign();
    wx.stopPullDownRefresh();
  },

  onReachBottom() {
    this.loadMore();
  },

  onShareAppMessage() {
    return { title: this.data.campaign ? this.data.campaign.title : '', path: '/pages/list/list' };
  },

  async loadCampaign() {
    try {
      const { campaign } = await client.query(documents.Campaign, { slug: config.campaign });
      if (!campaign) throw new Error(`no campaign ${config.campaign}`);
      wx.setNavigationBarTitle({ title: campaign.title });
      const category = this.data.category || campaign.categories[0].id;
      this.setData({ campaign, category, isOpen: campaign.phase === 'VOTING' });
      this.showQuota();
      await this.restart();
    } catch (error) {
      showError(error, '无法连接服务器，请下拉重试。');
    }
  },

  /** Lists from the beginning. */
  restart() {
    this.cursor = null;
    this.isLoading = false;
    this.setData({ nominees: [], isComplete: false });
    return this.loadMore();
  },

  async loadMore() {
    if (this.isLoading || this.data.isComplete) return;
    this.isLoading = true;
    const { category, search } = this.data;
    try {
      const { campaign } = await client.query(documents.Nominees, {
        slug: config.campaign,
        first: PAGE_SIZE,
        after: this.cursor,
        category: search ? null : category,
        search: search || null,
        orderBy: 'SHUFFLED',
      });
      // The choice may have changed while this page was on its way.
      if (category !== this.data.category || search !== this.data.search) return;
      const { nodes, pageInfo } = campaign.nominees;
      this.cursor = pageInfo.endCursor;
      this.setData({ nominees: [...this.data.nominees, ...nodes], isComplete: !pageInfo.hasNextPage });
      const pending = client.pendingVotes();
      nodes.filter((/** @type {any} */ nominee) => pending.includes(nominee.id)).forEach((/** @type {any} */ nominee) => this.castVote(nominee));
    } catch (error) {
      showError(error, '加载失败，请上拉重试。');
    } finally {
      this.isLoading = false;
    }
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  onCategory(event) {
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
    const { isVoted, votes, quota } = await vote(nominee);
    const count = nominee.votes === null ? null : Math.max(votes || 0, nominee.votes + (isVoted ? 1 : 0));
    this.patch(nominee.id, { isBusy: false, viewerHasVoted: isVoted || nominee.viewerHasVoted, votes: count });
    if (quota) {
      const id = (/** @type {any} */ quota) => quota.category && quota.category.id;
      const others = (this.data.campaign.viewerQuotas || []).filter((/** @type {any} */ other) => id(other) !== id(quota));
      this.setData({ 'campaign.viewerQuotas': [...others, quota] });
      this.showQuota();
    }
  },

  /**
   * @param {string} id
   * @param {object} change
   */
  patch(id, change) {
    this.setData({ nominees: this.data.nominees.map((nominee) => (nominee.id === id ? { ...nominee, ...change } : nominee)) });
  },

  showQuota() {
    const quotas = this.data.campaign.viewerQuotas || [];
    const { category } = this.data;
    this.setData({ quota: quotas.find((/** @type {any} */ quota) => !quota.category || quota.category.id === category) || null });
  },

  tick() {
    const { campaign } = this.data;
    if (!campaign) return;
    const isUpcoming = campaign.phase === 'UPCOMING';
    if (!isUpcoming && campaign.phase !== 'VOTING') {
      this.setData({ left: '投票已经结束' });
      return;
    }
    const ms = Date.parse(isUpcoming ? campaign.votingOpensAt : campaign.votingClosesAt) - client.now();
    if (ms <= 0) {
      this.loadCampaign();
      return;
    }
    const seconds = Math.ceil(ms / 1000);
    const two = (/** @type {number} */ n) => String(n).padStart(2, '0');
    const clock = [Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60].map(two).join(':');
    this.setData({ left: `${isUpcoming ? '距投票开始' : '距投票结束'} ${Math.floor(seconds / 86400)}天 ${clock}` });
  },
});
