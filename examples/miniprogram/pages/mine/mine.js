const documents = require('../../lib/documents.js');
const { beginning, words, followNetwork, nameTabs, showError } = require('../../lib/page.js');
const voting = require('../../lib/vote.js');
const config = require('../../config.js');

const { client } = getApp();
/** Quotas are looked at this often: they may be granted anew while the page is shown. */
const TICK_MS = 5000;
const PAGE_SIZE = 100;

Page({
  data: {
    ...beginning,
    isSignedIn: false,
    isBusy: false,
    /** @type {any[]} */
    quotas: [],
    /** @type {any[]} */
    voted: [],
  },

  /** @type {any} */
  tickTimer: undefined,
  /** @type {(() => void) | undefined} */
  stopNetwork: undefined,

  onLoad() {
    this.stopNetwork = followNetwork(this, () => this.onRetry());
  },

  onShow() {
    nameTabs();
    wx.setNavigationBarTitle({ title: words.tabs[3] });
    clearInterval(this.tickTimer);
    this.tickTimer = setInterval(() => voting.periodEndMs(this.data.quotas) <= client.now() && this.load(), TICK_MS);
    this.show();
  },

  onHide() {
    clearInterval(this.tickTimer);
  },

  onUnload() {
    clearInterval(this.tickTimer);
    if (this.stopNetwork) this.stopNetwork();
  },

  onRetry() {
    this.setData({ state: 'loading' });
    this.show();
  },

  show() {
    const { isSignedIn } = client;
    this.setData({ isSignedIn });
    if (isSignedIn) this.load();
    else this.setData({ state: 'ready' });
  },

  async load() {
    try {
      const { campaign } = await client.query(documents.Campaign, { slug: config.campaign });
      /** @type {any[]} */
      const voted = [];
      let page = { slug: config.campaign, first: PAGE_SIZE, after: null, orderBy: 'NUMBER' };
      for (let isComplete = false; !isComplete; ) {
        const answer = await client.query(documents.Nominees, page);
        const { nodes, pageInfo } = answer.campaign.nominees;
        voted.push(...nodes.filter((/** @type {any} */ nominee) => nominee.viewerHasVoted));
        page = { ...page, after: pageInfo.endCursor };
        isComplete = !pageInfo.hasNextPage;
      }
      // The voter may have signed out meanwhile.
      if (!client.isSignedIn) return;
      this.setData({
        state: 'ready',
        quotas: (campaign.viewerQuotas || []).map(voting.quotaView),
        voted: voted.map((nominee) => voting.cardOf(nominee, campaign)),
      });
    } catch (error) {
      if (!this.data.quotas.length) this.setData({ state: 'failed' });
    }
  },

  async onSignIn() {
    this.setData({ isBusy: true });
    try {
      await client.signIn();
      this.setData({ state: 'loading' });
      this.show();
    } catch (error) {
      showError(error, words.signInFailed);
    } finally {
      this.setData({ isBusy: false });
    }
  },

  onSignOut() {
    client.signOut();
    this.setData({ isSignedIn: false, quotas: [], voted: [] });
  },
});
