const { Acclaim } = require('./lib/acclaim.js');
const config = require('./config.js');

App({
  // One client for all pages: they share its session, its socket and its place among the ten requests.
  client: new Acclaim({
    origin: config.origin,
    onRetry: () => wx.showToast({ title: '网络不畅，正在重试…', icon: 'none' }),
  }),
});
