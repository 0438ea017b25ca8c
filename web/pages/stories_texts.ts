// The texts of the feed and of the page that a story is read on, in both languages.
import { count } from "../shared/format";
import { language } from "../shared/language";

const english = {
  minutes: (n: number) => `${count(n)} min read`,
  thePerson: "The person of this story",
  more: "More stories",
  newer: "Previous story",
  older: "Next story",
  allStories: "All stories",
  elsewhere: (host: string) => `opens ${host}`,
};

const chinese: typeof english = {
  minutes: (n) => `阅读约 ${count(n)} 分钟`,
  thePerson: "故事人物",
  more: "更多故事",
  newer: "上一篇",
  older: "下一篇",
  allStories: "全部故事",
  elsewhere: (host) => `前往 ${host}`,
};

/** The texts in the language in force. */
export const s = (): typeof english => (language() === "zh" ? chinese : english);
