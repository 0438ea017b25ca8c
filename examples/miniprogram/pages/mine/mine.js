const { documents } = require('../../lib/acclaim.js');
const { periodEndMs, showError } = require('../../lib/vote.js');
const config = require('../../config.js');

const { client } = getApp();
/** Quotas are looked at this often: they may be granted anew while the page is shown. */
const TICK_MS = 5000;

Page({
  data: {
    isSignedIn: false,
    /** @type {any[]} */
    quotas: [],
    /** @type {any[]} */
    voted: [],
  },

  /** @type {any} */
  tickTimer: undefined,

  onShow() {
    clearInterval(this.tickTimer);
    this.tickTimer = setInterval(() => periodEndMs(this.data.quotas) <= client.now() && this.load(), TICK_MS);
    this.show();
  },

  onHide() {
    clearInterval(this.tickTimer);
  },

  onUnload() {
    clearInterval(this.tickTimer);
  },

  show() {
    this.setData({ isSignedIn: client.isSignedIn });
    if (client.isSignedIn) this.load();
  },

  async load() {
    try {
      const { campaign } = await client.query(documents.Campaign, { slug: config.campaign });
      this.setData({ quotas: campaign.viewerQuotas || [] });
      /** @type {any[]} */
      const voted = [];
      let page = { slug: config.campaign, first: 100, after: null, orderBy: 'NUMBER' };
      for (let isComplete = false; !isComplete; ) {
        const answer = await client.query(documents.Nominees, page);
        const { nodes, pageInfo } = answer.campaign.nominees;
        voted.push(...nodes.filter((/** @type {any} */ nominee) => nominee.viewerHasVoted));
        page = { ...page, after: pageInfo.endCursor };
        isComplete = !pageInfo.hasNextPage;
      }
      this.setData({ voted });
    } catch (error) {
      showError(error, '无法连接服务器，请稍后再试。');
    }
  },

  async onSignIn() {
    try {
      await client.signIn();
      this.show();
    } catch (error) {
      showError(error, '登录未成功，请稍后再试。');
    }
  },

  onSignOut() {
    client.signOut();
    this.setData({ isSignedIn: false, quotas: [], voted: [] });
  },
});
