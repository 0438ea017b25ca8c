// Shows the captcha that the server asks for (`TENCENT_CAPTCHA`) in the page that is open. The captcha is a component of
// the platform's plugin: README says how a program gets it. In a page without it nothing is shown, and the client says
// that it cannot do the check.

/** A voter who has left the page is noticed so often. */
const LOOK_MS = 500;

/**
 * Takes the answer of the captcha that is shown, if any: its ticket, null where it was not solved.
 * @type {(ticket: string | null | undefined) => void}
 */
let settle = () => undefined;

/**
 * Shows the captcha of this id, one at a time. Gives its ticket, null where the voter closes it or leaves the page, and
 * undefined where the page has no captcha.
 * @param {string} appId
 * @returns {Promise<string | null | undefined>}
 */
function showCaptcha(appId) {
  settle(null);
  const openPage = () => getCurrentPages().slice(-1)[0];
  const page = /** @type {any} */ (openPage());
  return new Promise((resolve) => {
    const look = setInterval(() => {
      if (openPage() !== page) settle(null);
    }, LOOK_MS);
    settle = (ticket) => {
      clearInterval(look);
      resolve(ticket);
    };
    // Made anew each time: a captcha that was solved is not solved again.
    page.setData({ captchaAppId: '' });
    page.setData({ captchaAppId: appId }, () => {
      const captcha = page.selectComponent('#captcha');
      if (captcha) captcha.show();
      else settle(undefined);
    });
  });
}

/** What a page with the component has among its own: `Page({ ...captchaHandlers, ... })`. */
const captchaHandlers = {
  /** @param {{ detail: { ret: number, ticket?: string } }} event */
  onCaptchaVerify({ detail }) {
    settle((detail.ret === 0 && detail.ticket) || null);
  },

  /** Also sent after the captcha was solved, with another `ret`. @param {{ detail?: { ret?: number } }} event */
  onCaptchaClose({ detail }) {
    if (detail && detail.ret === 2) settle(null);
  },

  onCaptchaError() {
    settle(null);
  },
};

module.exports = { showCaptcha, captchaHandlers };
