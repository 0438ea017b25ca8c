const { Acclaim } = require('./lib/acclaim.js');
const { showCaptcha } = require('./lib/captcha.js');
const { languageOf, textsOf } = require('./lib/texts.js');
const config = require('./config.js');

const language = languageOf(wx.getAppBaseInfo().language);

App({
  // One client for all pages: they share its session, its socket and its place among the ten requests.
  client: new Acclaim({
    origin: config.origin,
    language,
    showCaptcha,
    onRetry: () => wx.showToast({ title: textsOf(language).words.retrying, icon: 'none' }),
  }),
});
