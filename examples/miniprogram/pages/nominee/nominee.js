const { documents } = require('../../lib/acclaim.js');
const { vote, showError, initialOf } = require('../../lib/vote.js');
const config = require('../../config.js');

const { client } = getApp();

Page({
  data: {
    /** @type {any} */
    nominee: null,
    isOpen: false,
    isBusy: false,
    isMissing: false,
  },

  number: 0,
  isHidden: false,

  /** @param {{ number?: string, scene?: string }} options */
  onLoad({ number, scene }) {
    // A poster's code brings `c=` slug `&n=` number.
    const scanned = /(?:^|&)n=(\d+)/.exec(decodeURIComponent(scene || ''));
    this.number = Number(number || (scanned && scanned[1]));
    this.load();
  },

  onShow() {
    // A new day, a vote elsewhere or the end of voting may have come while another page or program was shown.
    if (this.isHidden) this.load();
    this.isHidden = false;
  },

  onHide() {
    this.isHidden = true;
  },

  onShareAppMessage() {
    const { nominee } = this.data;
    return { title: nominee ? `${nominee.number}号 ${nominee.name}` : '', path: `/pages/nominee/nominee?number=${this.number}` };
  },

  async load() {
    try {
      const { campaign } = await client.query(documents.Nominee, { slug: config.campaign, number: this.number });
      const found = campaign && campaign.nominee;
      const nominee = found && { ...found, initial: initialOf(found.name) };
      const isFirst = !this.data.nominee;
      this.setData({ nominee, isMissing: !nominee, isOpen: campaign && campaign.phase === 'VOTING' });
      if (!nominee) return;
      wx.setNavigationBarTitle({ title: nominee.name });
      if (isFirst) client.recordViews([nominee.id]);
      if (client.pendingVotes().includes(nominee.id)) this.onVote();
    } catch (error) {
      if (!this.data.nominee) showError(error, '无法连接服务器，请返回重试。');
    }
  },

  async onVote() {
    const { nominee } = this.data;
    this.setData({ isBusy: true });
    const { isVoted, isOutdated, votes } = await vote(nominee);
    const count = nominee.votes === null ? null : Math.max(votes || 0, nominee.votes + (isVoted ? 1 : 0));
    this.setData({ isBusy: false, 'nominee.viewerHasVoted': isVoted || nominee.viewerHasVoted, 'nominee.votes': count });
    if (isOutdated) this.load();
  },

  async onLike() {
    const { nominee } = this.data;
    try {
      const { subject, userErrors } = await client.setLike(nominee.id, !nominee.viewerHasLiked);
      if (subject) this.setData({ 'nominee.likeCount': subject.likeCount, 'nominee.viewerHasLiked': subject.viewerHasLiked });
      else wx.showToast({ title: userErrors[0].message, icon: 'none' });
    } catch (error) {
      showError(error, '操作未成功，请稍后再试。');
    }
  },

  onPoster() {
    const url = `${config.origin}/c/${encodeURIComponent(config.campaign)}/n/${this.number}/poster.png`;
    wx.previewImage({ urls: [url] });
  },
});
