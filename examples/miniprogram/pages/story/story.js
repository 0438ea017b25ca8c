const { documents } = require('../../lib/acclaim.js');
const { showError } = require('../../lib/vote.js');

const { client } = getApp();

Page({
  data: {
    /** @type {any} */
    story: null,
    isMissing: false,
  },

  id: '',

  /** @param {{ id: string }} options */
  onLoad({ id }) {
    this.id = decodeURIComponent(id);
    this.load();
  },

  /** A story may have been taken back while somebody looked elsewhere; without an answer it stays. */
  async onShow() {
    if (!this.data.story) return;
    const answer = await client.query(documents.Story, { id: this.id }).catch(() => null);
    if (answer) this.setData({ story: answer.story, isMissing: !answer.story });
  },

  onShareAppMessage() {
    const { story } = this.data;
    return { title: story ? story.title : '', path: `/pages/story/story?id=${encodeURIComponent(this.id)}` };
  },

  async load() {
    try {
      const { story } = await client.query(documents.Story, { id: this.id });
      this.setData({ story, isMissing: !story });
      if (!story) return;
      wx.setNavigationBarTitle({ title: story.title });
      client.recordViews([story.id]);
    } catch (error) {
      // An id that is none is an error of the API; it leads nowhere all the same.
      if (/** @type {any} */ (error).code === 'BAD_USER_INPUT') this.setData({ isMissing: true });
      else showError(error, '无法连接服务器，请返回重试。');
    }
  },

  async onLike() {
    const { story } = this.data;
    try {
      const { subject, userErrors } = await client.setLike(story.id, !story.viewerHasLiked);
      if (subject) this.setData({ 'story.likeCount': subject.likeCount, 'story.viewerHasLiked': subject.viewerHasLiked });
      else wx.showToast({ title: userErrors[0].message, icon: 'none' });
    } catch (error) {
      showError(error, '操作未成功，请稍后再试。');
    }
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  onMedium(event) {
    // The platform opens no foreign address: a picture is shown, another address is copied.
    const { kind, url } = this.data.story.media[event.currentTarget.dataset.index];
    if (kind === 'IMAGE') wx.previewImage({ urls: [url] });
    else wx.setClipboardData({ data: url });
  },
});
