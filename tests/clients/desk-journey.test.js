// A new organiser's way from an empty database to the report, by the desk alone: on a laptop in English, and on a phone
// in Chinese.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, test } from "node:test";
import { castVote, run, signIn } from "./api.js";
import { expectAccessible } from "./axe.js";
import { laptop, open, phone, startBrowser } from "./browser.js";
import { codeAt, field, file, goBySide, named, png, signInHere, words as common } from "./desk.js";
import { startEmptyServer, temporaryFolder } from "./server.js";
import { deadlineMs, eventually } from "./waiting.js";

const browser = await startBrowser(after);
const passwords = { owner: "four words that differ", organiser: "a dog, a lamp and a sea", editor: "paper boats at night" };

const english = {
  ...common.en,
  language: "en",
  organisation: "Association of Power Engineers",
  campaigns: "Campaigns",
  members: "Members",
  invite: "Invite…",
  inviteEmail: "E-mail address",
  roles: { organiser: /^Organiser/, editor: /^Editor/ },
  makeLink: "Make the link",
  link: "Link",
  finished: "Done",
  yourName: "Your name",
  accept: "Accept the invitation",
  names: { owner: "Olivia Owner", organiser: "Oscar Organiser", editor: "Edith Editor" },
  setUp: "Set up",
  yourPassword: "Your password",
  goOn: "Go on",
  codeNow: "The code that it shows now",
  confirm: "Confirm",
  codesKept: "I have kept them in a safe place",
  codesDone: "Done",
  factorDone: "The second factor is set up.",
  code: "Code from your authenticator",
  newCampaign: "New campaign",
  title: "Title",
  campaign: "Innovators 2026",
  slug: "innovators-2026",
  summary: "Summary",
  next: "Next",
  slugFree: "This address is free.",
  timeZone: "Time zone",
  tomorrow: "Tomorrow, 09:00",
  week: "After 7 days, 18:00",
  wechat: /^WeChat mini-program/,
  notYetSetUp: /This server is yet to be set up for it/,
  oneNeeded: "Tick at least one account: a campaign cannot be for guests alone.",
  guests: /^Guests/,
  votes: "Votes per voter",
  addCategory: "Add a category",
  categoryName: "Name of the category",
  places: "Places",
  categories: ["Entrepreneurs", "Researchers"],
  create: "Create the draft",
  guide: "On the way to announcing",
  noNominees: "No nominee yet",
  imports: "Import",
  sheet: "nominees.csv",
  faulty: "3 faulty rows",
  annotated: "Download the sheet with faults",
  apply: "Apply 100 rows…",
  applyAction: "Apply",
  applied: "Applied: 100 nominees new, 0 changed.",
  toNominees: "To the nominees",
  allNominees: "100 nominees",
  nominees: /^Nominees/,
  portraits: "Portraits",
  leaveOut: "Leave out: holiday.png",
  sendPortraits: "Send 4 pictures",
  portraitsSent: "4 portraits sent.",
  withoutPortrait: "Without portrait",
  found96: "96 of 100 nominees",
  stories: /^Stories/,
  newStory: "New story",
  headline: "Headline",
  story: "A night shift at the dam",
  nominee: "Nominee",
  text: "Text",
  handIn: "Hand in for review",
  handedIn: "Handed in. Somebody else approves it.",
  approve: "Approve",
  schedule: "Schedule…",
  scheduled: "Scheduled",
  rules: "Rules and times",
  opening: "Opening",
  past: "This time is past: choose a later one.",
  overview: "Overview",
  looked: "I have read this, and it is right",
  announce: "Announce…",
  announceAction: "Announce",
  voting: "Voting",
  freeze: "Freeze",
  frozen: "Frozen",
  reason: "Reason",
  freezeReason: "Employer asks for a check",
  amend: "Amend the rules…",
  quota: "Votes per voter · each day",
  publicReason: "Reason, which the public reads",
  amendReason: "The jury asked for more votes",
  amendAction: "Amend, publicly",
  amended: "The rules are amended; the public reads why.",
  closeNow: "Close now",
  closed: "Closed",
  result: "Result and report",
  publish: "Publish the result…",
  publishAction: "Publish",
  published: "Published",
  makeReport: "Make the report",
  reportMade: "The report is made.",
  openReport: "Open · English",
  typeWord: /^Type “/,
  edit: (name) => `Edit ${name}`,
  person: (number) => `Person ${number}`,
  employer: (number) => `Power plant ${number}`,
};

const chinese = {
  ...common.zh,
  language: "zh-CN",
  organisation: "电力工程师协会",
  campaigns: "评选活动",
  members: "成员",
  invite: "邀请…",
  inviteEmail: "邮箱",
  roles: { organiser: /^组织者/, editor: /^编辑/ },
  makeLink: "生成链接",
  link: "链接",
  finished: "完成",
  yourName: "您的姓名",
  accept: "接受邀请",
  names: { owner: "欧阳负责", organiser: "王组织", editor: "李编辑" },
  setUp: "启用",
  yourPassword: "您的密码",
  goOn: "继续",
  codeNow: "验证器当前显示的验证码",
  confirm: "确认",
  codesKept: "我已妥善保存恢复码",
  codesDone: "完成",
  factorDone: "两步验证已启用。",
  code: "身份验证器中的验证码",
  newCampaign: "新建评选",
  title: "标题",
  campaign: "2026 年度科技人物",
  slug: "awards-2026",
  summary: "简介",
  next: "下一步",
  slugFree: "可以使用。",
  timeZone: "时区",
  tomorrow: "明天 09:00",
  week: "7 天后 18:00",
  wechat: /^微信小程序/,
  notYetSetUp: /本服务器尚未配置此方式/,
  oneNeeded: "请至少勾选一种账号：评选不能只面向访客。",
  guests: /^访客/,
  votes: "每人票数",
  addCategory: "添加类别",
  categoryName: "类别名称",
  places: "入选名额",
  categories: ["企业家", "科研能手"],
  create: "创建草稿",
  guide: "公布前的准备",
  noNominees: "还没有候选人",
  imports: "导入",
  sheet: "候选人.csv",
  faulty: "3 行有误",
  annotated: "下载带错误说明的表格",
  apply: "应用 100 行…",
  applyAction: "应用",
  applied: "已应用：新增 100 位候选人，修改 0 项。",
  toNominees: "查看候选人",
  allNominees: "共 100 位候选人",
  nominees: /^候选人/,
  portraits: "批量传照片",
  leaveOut: "不上传: holiday.png",
  sendPortraits: "上传 4 张",
  portraitsSent: "4 张照片已上传。",
  withoutPortrait: "缺照片",
  found96: "96 位，共 100 位",
  stories: /^人物故事/,
  newStory: "写故事",
  headline: "标题",
  story: "大坝上的夜班",
  nominee: "候选人",
  text: "正文",
  handIn: "提交审核",
  handedIn: "已提交，等待他人审核。",
  approve: "审核通过",
  schedule: "排期…",
  scheduled: "已排期",
  rules: "规则与时间",
  opening: "开始时间",
  past: "该时间已过，请选择更晚的时间。",
  overview: "概览",
  looked: "我已核对，没有问题",
  announce: "公布…",
  announceAction: "公布",
  voting: "投票中",
  freeze: "冻结",
  frozen: "已冻结",
  reason: "原因",
  freezeReason: "单位要求核实",
  amend: "修订规则…",
  quota: "每人票数 · 每天",
  publicReason: "原因（将向公众公开）",
  amendReason: "评委会要求增加票数",
  amendAction: "公开修订",
  amended: "规则已修订，原因已向公众公开。",
  closeNow: "立即截止",
  closed: "已截止",
  result: "结果与报告",
  publish: "公示结果…",
  publishAction: "公示",
  published: "已公示",
  makeReport: "生成报告",
  reportMade: "报告已生成。",
  openReport: "打开 · 中文",
  typeWord: /^请输入“/,
  edit: (name) => `编辑 ${name}`,
  person: (number) => `候选${number}`,
  employer: (number) => `第 ${number} 电厂`,
};

const findTally = `query ($slug: String!) {
  campaign(slug: $slug) { tally { rawVotes countedVotes voters entries { votes rank nominee { number } } } }
}`;

/** The sheet of 100 nominees, in the columns of the desk's own template; the rows at `faults` are not good. */
function sheetOf(t, head, faults) {
  const rows = Array.from({ length: 100 }, (_, index) => {
    const number = index + 1;
    const category = t.categories[index % 2];
    const cells = [number, category, t.person(number), t.employer(number), "南京", "", ""];
    return { ...cells, length: cells.length, ...faults[number] };
  });
  return [head, ...rows.map((row) => Array.from(row).join(","))].join("\r\n");
}

/** What is wrong with three rows, by their numbers and columns. */
const faults = { 7: { 1: "Nowhere" }, 40: { 2: "" }, 93: { 3: "" } };

const zone = "Asia/Shanghai";

/** A moment as the clocks of the campaign show it. */
const local = (ms) => new Date(ms + 8 * 3_600_000).toISOString().slice(0, 16);

/** A member at the desk: its page, and what it does there again and again. */
class Member {
  constructor(t, window) {
    Object.assign(this, { t, window, page: window.page });
  }

  button = (name, place = this.page) => named(place, "button", name);
  field = (label, place = this.page) => field(place, label);
  dialog = () => this.page.getByRole("dialog");
  go = (name) => goBySide(this.page, this.t, name);
  says = (text) => this.page.locator(".notices").getByText(text, { exact: true }).waitFor();
  heading = (name) => this.page.getByRole("heading", { name }).first().waitFor();
  isIn = (phase, timeout = deadlineMs()) =>
    this.page.locator("main .tag").getByText(phase, { exact: true }).first().waitFor({ timeout });

  /** Chooses a file where the page asks for one. */
  give = (files, place = this.page) => place.locator("input[type=file]").first().setInputFiles(files);
}

for (const [name, device, t] of [
  ["on a laptop, in English", laptop, english],
  ["on a phone, in Chinese", phone, chinese],
]) {
  test(`a new organiser's way from an empty database to the report, ${name}`, async (context) => {
    const server = await startEmptyServer(context);
    const desk = `${server.origin}/desk`;
    const at = async (url) => new Member(t, await open(browser, context, url, device));
    const members = [];
    const isPhone = device === phone;

    // The operator makes the organisation and its owner.
    await server.command(["organisation", "add", "--slug", "office", "--name", t.organisation]);
    const account = ["--email", "owner@office.example", "--name", t.names.owner, "--organisation", "office", "--role", "owner"];
    await server.command(["staff", "add", ...account], `${passwords.owner}\n`);

    // The owner signs in, and invites.
    const owner = await at(desk);
    members.push(owner);
    await owner.button(t.signIn).waitFor();
    await expectAccessible(owner.page, "the sign-in");
    await signInHere(owner.page, t, "owner@office.example", passwords.owner);
    await owner.heading(t.campaigns);
    await expectAccessible(owner.page, "no campaigns yet");
    await owner.go(t.members);
    const links = {};
    for (const role of ["organiser", "editor"]) {
      await owner.button(t.invite).click();
      await owner.field(t.inviteEmail, owner.dialog()).fill(`${role}@office.example`);
      await owner.dialog().getByRole("radio", { name: t.roles[role] }).check();
      await owner.button(t.makeLink).click();
      links[role] = await owner.field(t.link, owner.dialog()).inputValue();
      await expectAccessible(owner.page, "the link of an invitation");
      await owner.button(t.finished).click();
    }
    await expectAccessible(owner.page, "the members");

    // Each accepts, and is at the desk.
    const accept = async (role) => {
      const member = await at(links[role]);
      members.push(member);
      await member.field(t.yourName).fill(t.names[role]);
      await member.field(t.password).fill(passwords[role]);
      await expectAccessible(member.page, "an invitation");
      await member.button(t.accept).click();
      await member.heading(t.campaigns);
      return member;
    };
    const organiser = await accept("organiser");
    const editor = await accept("editor");

    // The owner's second factor is set up, and asked for from then on.
    await owner.go(t.names.owner);
    await owner.button(t.setUp).click();
    await owner.field(t.yourPassword).fill(passwords.owner);
    await owner.button(t.goOn).click();
    const secret = await owner.page.locator("code.secret").textContent();
    await expectAccessible(owner.page, "the second factor");
    await owner.field(t.codeNow).fill(codeAt(secret, Date.now()));
    await owner.button(t.confirm).click();
    await owner.page.getByLabel(t.codesKept).check();
    await owner.button(t.codesDone).click();
    await owner.says(t.factorDone);
    if (isPhone) await owner.button(t.menu).click();
    await owner.button(t.signOut).click();
    await signInHere(owner.page, t, "owner@office.example", passwords.owner);
    // Each code is good once, so this is the one after it.
    await owner.field(t.code).waitFor();
    // What was being asked for while the session ended was refused.
    const complaints = owner.window.complaints.filter((text) => !text.includes("status of 401"));
    owner.window.complaints.splice(0, Infinity, ...complaints);
    await expectAccessible(owner.page, "the second step of the sign-in");
    await owner.field(t.code).fill(codeAt(secret, Date.now() + 30_000));
    await owner.heading(t.campaigns);

    // A new campaign, step by step.
    await organiser.go(t.newCampaign);
    await organiser.field(t.title).fill(t.campaign);
    await organiser.page.getByText(t.slugFree).waitFor();
    await organiser.field(t.summary).fill(t.story);
    const step = async (what) => {
      await expectAccessible(organiser.page, `a new campaign: ${what}`);
      await organiser.button(t.next).click();
    };
    await step("what");
    await organiser.page.getByRole("combobox", { name: t.timeZone }).fill(zone);
    await organiser.page.getByRole("option").first().click();
    await organiser.button(t.tomorrow).click();
    await organiser.button(t.week).click();
    await step("when");
    // A server that is not set up for any platform offers the one that it will most likely have, and says so.
    const wechat = organiser.page.getByRole("checkbox", { name: t.wechat });
    assert.ok(await wechat.isChecked());
    await organiser.page.getByText(t.notYetSetUp).waitFor();
    await organiser.page.getByRole("checkbox", { name: t.guests }).check();
    await wechat.uncheck();
    await organiser.page.getByRole("alert").getByText(t.oneNeeded).waitFor();
    await wechat.check();
    await step("who");
    await organiser.field(t.votes).fill("3");
    await step("rules");
    for (const [index, category] of t.categories.entries()) {
      await organiser.button(t.addCategory).click();
      await organiser.field(t.categoryName).nth(index).fill(category);
      await organiser.field(t.places).nth(index).fill("2");
    }
    await step("categories");
    await expectAccessible(organiser.page, "a new campaign: check");
    await organiser.button(t.create).click();
    await organiser.heading(t.guide);
    assert.equal(new URL(organiser.page.url()).pathname, `/desk/c/${t.slug}`);
    await organiser.page.getByText(t.noNominees).first().waitFor();
    assert.ok(await organiser.button(t.announce).isDisabled());
    await expectAccessible(organiser.page, "the guide");

    // A sheet with three faulty rows; the page is loaded anew in the middle.
    await organiser.go(t.imports);
    const template = await fetch(`${server.origin}/desk/templates/nominees.csv`);
    const [, head] = (await template.text()).split("\n");
    await expectAccessible(organiser.page, "the imports");
    await organiser.give(file(t.sheet, "text/csv", Buffer.from(sheetOf(t, head, faults))));
    await organiser.page.waitForURL(/\/imports\/[^/]+$/);
    await organiser.page.reload();
    await organiser.page.locator(".tag.bad").getByText(t.faulty).first().waitFor();
    const faultyRows = organiser.page.locator("table.rows tbody tr");
    await organiser.page.waitForFunction(() => document.querySelectorAll("table.rows tbody tr").length === 3);
    assert.equal(await faultyRows.locator("li").count(), 3);
    await expectAccessible(organiser.page, "the report of the rows");
    const fetched = organiser.page.waitForEvent("download");
    await organiser.button(t.annotated).click();
    const annotated = await readFile(await (await fetched).path(), "utf8");
    // Each faulty row says why in its first column, and is mended where it stands.
    const told = [];
    const mended = annotated.split("\r\n").map((line) => {
      const [fault, number, ...cells] = line.split(",");
      if (!(number in faults)) return line;
      told.push(fault);
      cells.splice(0, 3, t.categories[(number - 1) % 2], t.person(number), t.employer(number));
      return [fault, number, ...cells].join(",");
    });
    assert.equal(told.filter(Boolean).length, 3);
    await organiser.give(file(t.sheet, "text/csv", Buffer.from(mended.join("\r\n"))));
    await organiser.button(t.apply).click();
    await expectAccessible(organiser.page, "the question before applying");
    await organiser.button(t.applyAction, organiser.dialog()).click();
    await organiser.says(t.applied);
    await named(organiser.page, "link", t.toNominees).click();
    await organiser.page.getByText(t.allNominees, { exact: true }).waitFor();
    await expectAccessible(organiser.page, "the nominees");

    // Portraits, several at once, by number and by name; one belongs to nobody.
    await organiser.button(t.portraits).click();
    const pictures = ["001.png", "2.png", `51 ${t.person(51)}.png`, `${t.person(52)}.png`, "holiday.png"];
    await organiser.give(pictures.map((name, index) => file(name, "image/png", png(40 * index + 20))), organiser.dialog());
    await organiser.button(t.leaveOut).click();
    await expectAccessible(organiser.page, "the plan of the portraits");
    await organiser.button(t.sendPortraits).click();
    await organiser.says(t.portraitsSent);
    await organiser.button(t.close, organiser.dialog().locator("footer")).click();
    await organiser.page.getByLabel(t.withoutPortrait).check();
    await organiser.page.getByText(t.found96, { exact: true }).waitFor();
    await organiser.page.getByLabel(t.withoutPortrait).uncheck();

    // A story: the editor writes it and hands it in, the organiser approves it and gives it a time.
    await editor.page.reload();
    await editor.page.getByRole("link", { name: t.campaign }).click();
    await editor.go(t.stories);
    await named(editor.page, "link", t.newStory).first().click();
    await editor.field(t.headline).fill(t.story);
    await editor.page.getByRole("combobox", { name: t.nominee }).fill("51");
    await editor.page.getByRole("option", { name: t.person(51) }).click();
    await editor.field(t.text).fill(`# ${t.story}\n\n${t.campaign}`);
    await editor.button(t.save).click();
    await editor.page.waitForURL(/\/stories\/(?!new)[^/]+$/);
    await expectAccessible(editor.page, "a story that is written");
    await editor.button(t.handIn).click();
    await editor.says(t.handedIn);
    await organiser.go(t.stories);
    await organiser.page.getByRole("link", { name: t.story }).click();
    await organiser.button(t.approve).click();
    await organiser.button(t.schedule).click();
    await expectAccessible(organiser.page, "the time of a story");
    await organiser.button(t.save, organiser.dialog()).click();
    await organiser.isIn(t.scheduled);
    await expectAccessible(organiser.page, "a story that is scheduled");

    // The opening is moved to the minute of now, or the next: what is past is refused.
    await organiser.go(t.rules);
    await organiser.field(t.opening).fill(local(Date.now() - 3_600_000));
    await organiser.button(t.save).click();
    await organiser.page.getByText(t.past).waitFor();
    await organiser.field(t.opening).fill(local(Date.now() + 20_000));
    await organiser.button(t.save).click();
    await organiser.says(t.saved);
    await expectAccessible(organiser.page, "rules and times");
    await organiser.go(t.overview);
    await organiser.page.getByLabel(t.looked).check();
    await organiser.button(t.announce).click();
    await expectAccessible(organiser.page, "the question before announcing");
    await organiser.button(t.announceAction, organiser.dialog()).click();
    await organiser.isIn(t.voting, 2 * deadlineMs());

    // Votes come in, and the overview moves with them.
    const findNominees = "query ($slug: String!) { campaign(slug: $slug) { nominees(first: 100) { nodes { id number } } } }";
    const { campaign } = await run(server, findNominees, { slug: t.slug });
    const idOf = (number) => campaign.nominees.nodes.find((nominee) => nominee.number === number).id;
    const figure = (what) => organiser.page.locator(`[data-figure=${what}]`);
    await figure("votes").getByText("0", { exact: true }).waitFor();
    await organiser.page.evaluate(() => (globalThis.isThatOfBefore = true));
    const wanted = { 1: 25, 2: 15, 3: 10 };
    for (const [number, votes] of Object.entries(wanted)) {
      for (let vote = 0; vote < votes; vote++) await castVote(server, idOf(Number(number)));
    }
    await figure("votes").getByText("50", { exact: true }).waitFor();
    await figure("voters").getByText("50", { exact: true }).waitFor();
    for (const [number, votes] of Object.entries(wanted)) {
      // The part of the guests stands behind it.
      await organiser.page.locator(`.board [data-number="${number}"] .votes`).getByText(new RegExp(`^${votes}(?!\\d)`)).waitFor();
    }
    assert.ok(await organiser.page.evaluate(() => globalThis.isThatOfBefore), "the page was not loaded anew");
    await expectAccessible(organiser.page, "the overview");

    // A nominee is frozen: votes for it are refused.
    await organiser.go(t.nominees);
    const person = isPhone ? { name: `3 · ${t.person(3)}` } : { name: t.edit(t.person(3)), exact: true };
    await organiser.page.getByRole("link", person).first().click();
    await organiser.button(`${t.freeze}…`).click();
    await organiser.field(t.reason).fill(t.freezeReason);
    await expectAccessible(organiser.page, "the question before freezing");
    await organiser.button(t.freeze).click();
    await organiser.dialog().locator(".tag").getByText(t.frozen, { exact: true }).waitFor();
    await expectAccessible(organiser.page, "a nominee");
    const refused = await run(
      server,
      "mutation ($id: ID!) { castVote(input: { nomineeId: $id }) { vote { id } userErrors { code } } }",
      { id: idOf(3) },
      await signIn(server),
    );
    assert.deepEqual(refused.castVote, { vote: null, userErrors: [{ code: "NOMINEE_FROZEN" }] });
    await organiser.button(t.close, organiser.dialog().locator("footer")).click();

    // The rules are amended, and the public reads it.
    await organiser.go(t.rules);
    await organiser.button(t.amend).click();
    await organiser.field(t.quota).fill("5");
    await organiser.field(t.publicReason).fill(t.amendReason);
    const sentence = organiser.dialog().locator("blockquote, .sentence").getByText(t.amendReason).first();
    await sentence.waitFor();
    await expectAccessible(organiser.page, "the amendment");
    await organiser.button(t.amendAction).click();
    await organiser.says(t.amended);
    const amendment = await organiser.page.locator(".amendments li").first().textContent();
    assert.ok(amendment.includes(t.amendReason), amendment);
    const visitor = await at(`${server.origin}/c/${t.slug}`);
    members.push(visitor);
    await visitor.page.locator("details.amendments summary").click();
    await visitor.page.locator("details.amendments li").getByText(amendment, { exact: true }).waitFor();

    // The end: it is closed by its name, published, and recounted.
    await organiser.button(`${t.closeNow}…`).click();
    assert.ok(await organiser.button(t.closeNow, organiser.dialog()).isDisabled());
    await organiser.page.getByLabel(t.typeWord).fill(t.slug);
    await expectAccessible(organiser.page, "the question before closing");
    await organiser.button(t.closeNow, organiser.dialog()).click();
    await organiser.isIn(t.closed);
    await organiser.go(t.result);
    await organiser.button(t.publish).click();
    await organiser.page.getByLabel(t.typeWord).fill(t.slug);
    await expectAccessible(organiser.page, "the question before publishing");
    await organiser.button(t.publishAction, organiser.dialog()).click();
    await organiser.isIn(t.published);
    await expectAccessible(organiser.page, "the result");

    // The report: its numbers are the tally's, in the page, in the command's files and in the recount.
    await organiser.button(t.makeReport).click();
    // Votes that were admitted before the close may still be stored for ten seconds: the desk waits by itself.
    await organiser.says(t.reportMade);
    await expectAccessible(organiser.page, "the result with its report");
    const opened = organiser.page.waitForEvent("popup");
    await organiser.button(t.openReport).click();
    const report = await opened;
    const shown = JSON.parse(await report.locator("script#report").textContent());
    const { tally } = (await run(server, findTally, { slug: t.slug })).campaign;
    const byNumber = (one, other) => one.number - other.number;
    const places = tally.entries.map(({ nominee, rank, votes }) => ({ number: nominee.number, rank, votes })).sort(byNumber);
    const placesIn = ({ categories }) =>
      categories.flatMap(({ nominees }) => nominees.map(({ number, rank, votes }) => ({ number, rank, votes }))).sort(byNumber);
    const sums = ({ totals: { votes, counted, voters } }) => ({ votes, counted, voters });
    assert.deepEqual(placesIn(shown), places);
    assert.deepEqual(sums(shown), { votes: 50, counted: 50, voters: 50 });
    assert.deepEqual(sums(shown), { votes: tally.rawVotes, counted: tally.countedVotes, voters: tally.voters });
    const first = report.getByRole("row").filter({ hasText: t.person(1) }).first();
    await first.getByText(/^25(?!\d)/).first().waitFor();
    await report.getByText(t.amendReason).first().waitFor();
    const overflow = await report.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.ok(overflow <= 0, `the report is ${overflow} px too wide`);
    const folder = temporaryFolder();
    await server.command(["report", "--campaign", t.slug, "--out", folder]);
    const written = JSON.parse(await readFile(join(folder, "report.json"), "utf8"));
    assert.deepEqual([placesIn(written), sums(written)], [placesIn(shown), sums(shown)]);
    await server.command(["verify"]);

    for (const { page, window } of members) {
      assert.deepEqual(window.complaints, [], page.url());
      assert.deepEqual(window.foreign(), []);
    }
  });
}
