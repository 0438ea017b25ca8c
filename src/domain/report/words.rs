//! The texts of a report in both languages, the same in all its forms.

/// The language of a report's texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReportLanguage {
    /// English.
    English,
    /// Simplified Chinese.
    Chinese,
}

/// The texts of one language.
#[derive(Debug)]
#[allow(missing_docs, reason = "a text is its own description")]
pub struct Words {
    pub report: &'static str,
    pub summary: &'static str,
    pub organisation: &'static str,
    pub campaign: &'static str,
    pub figure: &'static str,
    pub value: &'static str,
    pub voting: &'static str,
    pub opened: &'static str,
    pub closed: &'static str,
    pub time_zone: &'static str,
    pub votes: &'static str,
    pub count: &'static str,
    pub counted: &'static str,
    pub guests: &'static str,
    pub of_guests: &'static str,
    pub withheld: &'static str,
    pub votes_of_withdrawn: &'static str,
    pub votes_elsewhere: &'static str,
    pub voters: &'static str,
    pub votes_per_voter: &'static str,
    pub nominees: &'static str,
    pub results: &'static str,
    pub category: &'static str,
    pub categories: &'static str,
    pub rank: &'static str,
    pub number: &'static str,
    pub name: &'static str,
    pub employer: &'static str,
    pub employers: &'static str,
    pub city: &'static str,
    pub cities: &'static str,
    pub share: &'static str,
    pub place: &'static str,
    pub within: &'static str,
    pub tied: &'static str,
    pub below: &'static str,
    pub withdrawn: &'static str,
    pub frozen: &'static str,
    pub total: &'static str,
    pub none_given: &'static str,
    pub turnout: &'static str,
    pub time: &'static str,
    pub day: &'static str,
    pub hour: &'static str,
    pub by_day: &'static str,
    pub by_hour: &'static str,
    pub peak_minute: &'static str,
    pub peak_hour: &'static str,
    pub client: &'static str,
    pub clients: &'static str,
    pub page: &'static str,
    pub mini_program: &'static str,
    pub other: &'static str,
    pub stories: &'static str,
    pub story: &'static str,
    pub no_stories: &'static str,
    pub about: &'static str,
    pub published: &'static str,
    pub reach: &'static str,
    pub views: &'static str,
    pub likes: &'static str,
    pub nominee_pages: &'static str,
    pub withheld_none: &'static str,
    pub withheld_some: &'static str,
    pub amendments: &'static str,
    pub no_amendments: &'static str,
    pub subject: &'static str,
    pub change: &'static str,
    pub reason: &'static str,
    pub rules: &'static str,
    pub quota: &'static str,
    pub ways_in: &'static str,
    pub visibility: &'static str,
    pub shortlist: &'static str,
    pub how_counted: &'static str,
    pub counting: &'static [&'static str],
    pub taken_at: &'static str,
    pub fingerprint: &'static str,
    pub fingerprint_means: &'static str,
    pub no_votes: &'static str,
    pub in_workbook: &'static str,
    pub phase: &'static str,
}

static ENGLISH: Words = Words {
    report: "Report",
    summary: "Summary",
    organisation: "Organisation",
    campaign: "Campaign",
    figure: "Figure",
    value: "Value",
    voting: "Voting",
    opened: "Voting opened",
    closed: "Voting closed",
    time_zone: "Time zone",
    votes: "Votes",
    count: "Votes",
    counted: "Counted votes",
    guests: "Guests",
    of_guests: "Of these by guests",
    withheld: "Withheld votes",
    votes_of_withdrawn: "Votes for withdrawn nominees",
    votes_elsewhere: "Votes for nominees no longer in the campaign",
    voters: "Voters",
    votes_per_voter: "Votes a voter",
    nominees: "Nominees",
    results: "Results",
    category: "Category",
    categories: "By category",
    rank: "Place",
    number: "Number",
    name: "Name",
    employer: "Employer",
    employers: "By employer",
    city: "City",
    cities: "By city",
    share: "Share",
    place: "Cut line",
    within: "within",
    tied: "tied at the line",
    below: "below",
    withdrawn: "withdrawn",
    frozen: "frozen",
    total: "Total",
    none_given: "not given",
    turnout: "Turnout",
    time: "Time",
    day: "Day",
    hour: "Hour",
    by_day: "Votes by day",
    by_hour: "Votes by hour",
    peak_minute: "Busiest minute",
    peak_hour: "Busiest hour",
    client: "Client",
    clients: "Votes by client",
    page: "Web page",
    mini_program: "Mini-program",
    other: "Other",
    stories: "Stories",
    story: "Story",
    no_stories: "No story has come out.",
    about: "About",
    published: "Came out",
    reach: "Stories and reach",
    views: "Views",
    likes: "Likes",
    nominee_pages: "Nominees' pages",
    withheld_none: "No vote was withheld: all votes that were cast count.",
    withheld_some: "Withheld votes were cast and stored, and do not count.",
    amendments: "Changes after the first vote",
    no_amendments: "Nothing was changed after the first vote.",
    subject: "Subject",
    change: "Change",
    reason: "Reason",
    rules: "Rules and times",
    quota: "Votes a voter has",
    ways_in: "Ways in, of which a voter needed one",
    visibility: "The standing was shown",
    shortlist: "Places",
    how_counted: "How it was counted",
    counting: &[
        "A vote counts when it was cast between the opening and the closing, within the voter's quota, once for a \
         nominee and period. What was cast before the closing counts, though it was stored a moment later.",
        "Nominees are ranked by counted votes within their category. Equal votes share a place, and the next one is left \
         out (1, 2, 2, 4). Where more nominees share the last place than fit above the cut line, all of them are named, \
         and the votes do not decide between them.",
        "Withdrawn nominees are not ranked. Their votes stay in the totals and are shown apart.",
        "A voter is an account or a device that cast at least one vote. Clients are told apart by what they say of \
         themselves.",
        "All figures are of one moment of the database. Turnout, totals and results were compared with each other when \
         this report was made, and agreed.",
    ],
    taken_at: "Figures of",
    fingerprint: "SHA-256 of the figures",
    fingerprint_means: "The same in the page, the workbook and the file of figures of this report: it shows that they \
                        belong together. Changed figures have another one.",
    no_votes: "No votes were cast.",
    in_workbook: "The whole table is in the workbook.",
    phase: "Phase",
};

static CHINESE: Words = Words {
    report: "数据报告",
    summary: "概览",
    organisation: "主办单位",
    campaign: "活动",
    figure: "指标",
    value: "数值",
    voting: "投票时间",
    opened: "投票开始",
    closed: "投票结束",
    time_zone: "时区",
    votes: "投票总数",
    count: "票数",
    counted: "有效票",
    guests: "访客",
    of_guests: "其中访客",
    withheld: "暂扣票",
    votes_of_withdrawn: "退出候选人的得票",
    votes_elsewhere: "已不在本活动的候选人的得票",
    voters: "投票人数",
    votes_per_voter: "人均投票",
    nominees: "候选人",
    results: "评选结果",
    category: "类别",
    categories: "按类别",
    rank: "名次",
    number: "编号",
    name: "姓名",
    employer: "单位",
    employers: "按单位",
    city: "城市",
    cities: "按城市",
    share: "占比",
    place: "入围线",
    within: "入围",
    tied: "并列待定",
    below: "未入围",
    withdrawn: "已退出",
    frozen: "已冻结",
    total: "合计",
    none_given: "未填写",
    turnout: "投票走势",
    time: "时间",
    day: "日期",
    hour: "小时",
    by_day: "每日投票",
    by_hour: "每小时投票",
    peak_minute: "最高一分钟",
    peak_hour: "最高一小时",
    client: "客户端",
    clients: "按客户端",
    page: "网页",
    mini_program: "小程序",
    other: "其他",
    stories: "故事",
    story: "故事",
    no_stories: "没有已发布的故事。",
    about: "人物",
    published: "发布时间",
    reach: "故事与传播",
    views: "浏览",
    likes: "点赞",
    nominee_pages: "候选人页面",
    withheld_none: "没有暂扣票：所投选票全部有效。",
    withheld_some: "暂扣票已投出并保存，但不计入结果。",
    amendments: "首票之后的变更",
    no_amendments: "首票之后没有任何变更。",
    subject: "对象",
    change: "变更",
    reason: "理由",
    rules: "规则与时间",
    quota: "每人票数",
    ways_in: "登录方式（任选其一）",
    visibility: "票数公开",
    shortlist: "入围名额",
    how_counted: "计票说明",
    counting: &[
        "在投票开始与结束之间投出、未超出每人票数、且同一周期内未重复投给同一候选人的选票有效；结束前投出、稍后入库的选票同样有效。",
        "候选人按类别内有效票排名。票数相同名次并列，其后名次顺延（1、2、2、4）。若并列最后入围名次的人数多于剩余名额，则全部列出，不以票数区分。",
        "已退出的候选人不参与排名，其得票保留在总数中并单独列出。",
        "投票人指至少投出一票的账号或设备。客户端以其自报为准。",
        "全部数据取自数据库的同一时刻。生成本报告时已核对走势、总数与结果，相互一致。",
    ],
    taken_at: "数据时间",
    fingerprint: "数据的 SHA-256",
    fingerprint_means: "本报告的网页、工作簿与数据文件中的该值相同，表明三者同源；数据若有改动，该值随之改变。",
    no_votes: "没有投票。",
    in_workbook: "完整表格见工作簿。",
    phase: "状态",
};

impl ReportLanguage {
    /// Its texts.
    #[must_use]
    pub fn words(self) -> &'static Words {
        match self {
            Self::English => &ENGLISH,
            Self::Chinese => &CHINESE,
        }
    }

    /// Its tag in HTML.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh-CN",
        }
    }

    /// The name of a value of an enum of the API, as readers know it; what has none stays as it is.
    #[must_use]
    pub fn value(self, value: &str) -> &str {
        let (english, chinese) = match value {
            "ENDED" => (
                "voting has closed, the result is not out",
                "投票已结束，结果未公布",
            ),
            "PUBLISHED" => ("the result is out", "结果已公布"),
            "ARCHIVED" => ("archived", "已归档"),
            "LIVE" => ("at all times", "全程公开"),
            "AFTER_CLOSE" => ("after the closing", "投票结束后公开"),
            "STAFF_ONLY" => ("to the organiser only", "仅主办单位可见"),
            "ACTIVE" => ("active", "正常"),
            "FROZEN" => ("frozen", "已冻结"),
            "WITHDRAWN" => ("withdrawn", "已退出"),
            "RUNNING" => ("running", "进行中"),
            "DAY" => ("a day", "每日"),
            "CAMPAIGN" => ("the whole campaign", "整个活动"),
            "CATEGORY" => ("each category", "每个类别"),
            "WECHAT_MINI_PROGRAM" => ("WeChat mini-program", "微信小程序"),
            "WECHAT_WEB" => ("WeChat on the web", "微信网页"),
            "DOUYIN" => ("Douyin mini-program", "抖音小程序"),
            "ALIPAY" => ("Alipay mini-program", "支付宝小程序"),
            "PHONE" => ("phone number", "手机号"),
            "OIDC" => ("single sign-on", "统一身份认证"),
            "GUEST" => ("guests, without signing in", "访客（无需登录）"),
            "true" => ("yes", "是"),
            "false" => ("no", "否"),
            other => return other,
        };
        self.pick(english, chinese)
    }

    /// The name of a field that was changed; one that has none stays as it is.
    #[must_use]
    pub fn field(self, field: &str) -> &str {
        let (english, chinese) = match field {
            "votingOpensAt" => ("Opening", "投票开始"),
            "votingClosesAt" => ("Closing", "投票结束"),
            "pausedAt" => ("Pause", "暂停"),
            "rules.period" => ("Period of the quota", "票数周期"),
            "rules.scope" => ("Scope of the quota", "票数范围"),
            "rules.votesPerPeriod" => ("Votes a voter has", "每人票数"),
            "rules.tallyVisibility" => ("Standing shown", "票数公开"),
            "rules.guestsMayVote" => ("Voters without an account", "未登录投票"),
            "rules.admits" => ("Accounts that may vote", "可投票的账号"),
            "status" => ("Status", "状态"),
            "number" => ("Number", "编号"),
            "name" => ("Name", "姓名"),
            "employer" => ("Employer", "单位"),
            "shortlistSize" => ("Places", "入围名额"),
            "lifecycle" => ("Phase", "状态"),
            "title" => ("Title", "标题"),
            other => return other,
        };
        self.pick(english, chinese)
    }

    /// The quota in words.
    #[must_use]
    pub fn quota(self, votes: i64, period: &str, scope: &str) -> String {
        let is_daily = period == "DAY";
        let in_category = scope == "CATEGORY";
        match self {
            Self::English => format!(
                "{votes} {}{}",
                if is_daily { "a day" } else { "in all" },
                if in_category {
                    ", in each category"
                } else {
                    ""
                }
            ),
            Self::Chinese => format!(
                "{}{} {votes} 票",
                if is_daily { "每天" } else { "全程" },
                if in_category { "每个类别" } else { "" }
            ),
        }
    }

    /// Ways in, by their names in the API, as readers know them.
    #[must_use]
    pub fn ways_in(self, names: &[&str]) -> String {
        let names: Vec<&str> = names.iter().map(|name| self.value(name)).collect();
        names.join(self.pick("; ", "；"))
    }

    /// The line under those who are within.
    #[must_use]
    pub fn cut_line(self, places: i64) -> String {
        match self {
            Self::English => format!("Cut line: {places} places"),
            Self::Chinese => format!("入围线：{places} 个名额"),
        }
    }

    /// The sentence on those who are tied at the cut line, by their names.
    #[must_use]
    pub fn tie(self, rank: i64, open_places: i64, names: &[&str]) -> String {
        let count = names.len();
        match self {
            Self::English => format!(
                "{count} nominees share place {rank}, and {open_places} of them can be within: {}. The votes do not \
                 decide between them.",
                names.join(", ")
            ),
            Self::Chinese => format!(
                "第 {rank} 名有 {count} 人并列，剩余名额 {open_places} 个：{}。票数相同，无法以票数区分。",
                names.join("、")
            ),
        }
    }

    /// The row that stands for those that are left out of a table.
    #[must_use]
    pub fn others(self, count: usize) -> String {
        match self {
            Self::English => format!("{count} others"),
            Self::Chinese => format!("其余 {count} 项"),
        }
    }

    fn pick(self, english: &'static str, chinese: &'static str) -> &'static str {
        match self {
            Self::English => english,
            Self::Chinese => chinese,
        }
    }
}
