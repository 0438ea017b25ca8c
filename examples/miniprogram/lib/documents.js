// Written by documents.mjs from documents.graphql.
module.exports = {
  SignIn: {
    id: 'd83aaa5b044530435361361f6f0ca3daee9a8f61e4e314f9abbd6edbb9a69814',
    text: "fragment Session on SignInPayload{session{accessToken accessTokenExpiresAt refreshToken}userErrors{code message}}mutation SignIn($platform:MiniProgramPlatform!$code:String!){signInMiniProgram(input:{platform:$platform code:$code}){...Session}}",
  },
  Refresh: {
    id: '84d89877b1ba26a235c43492adab9c2193e7a0d5e7ccdedd8c28975966228a9c',
    text: "fragment Session on SignInPayload{session{accessToken accessTokenExpiresAt refreshToken}userErrors{code message}}mutation Refresh($refreshToken:String!){refreshSession(input:{refreshToken:$refreshToken}){...Session}}",
  },
  Campaign: {
    id: '951a14cab99bbdd7982e569fad66421b3227890d7ecd1678716466436aa910af',
    text: "fragment QuotaParts on Quota{category{id name}limit used remaining resetsAt}query Campaign($slug:String!){serverTime campaign(slug:$slug){id title summary phase votingOpensAt votingClosesAt rules{votesPerPeriod period}categories{id name nomineeCount}viewerQuotas{...QuotaParts}}}",
  },
  Nominees: {
    id: '539359755a3232668daa0fa4103e0576840e63534dfa01b7564dbf335a53f15f',
    text: "fragment NomineeParts on Nominee{id number name employer title portraitUrl(size:SMALL)status votes viewerHasVoted category{id}}query Nominees($slug:String!$first:Int!$after:String$category:ID$search:String$orderBy:NomineeOrder!$seed:String){campaign(slug:$slug){nominees(first:$first after:$after category:$category search:$search orderBy:$orderBy seed:$seed){nodes{...NomineeParts}pageInfo{hasNextPage endCursor}}}}",
  },
  Nominee: {
    id: '301eecdd692a7e8ba00abce760d0e05d01006019562e84b7098e5d930ecfe3db',
    text: "fragment NomineeParts on Nominee{id number name employer title portraitUrl(size:SMALL)status votes viewerHasVoted category{id}}fragment StoryParts on Story{id title summary coverUrl publishedAt likeCount viewerHasLiked nominee{number name}}query Nominee($slug:String!$number:Int!){campaign(slug:$slug){phase nominee(number:$number){...NomineeParts summary city rank likeCount viewCount viewerHasLiked stories(first:20){nodes{...StoryParts}}}}}",
  },
  Stories: {
    id: '64ece8fd688974d9a62d2ada7c05edb2271816055a3ed5396b2a04a6963e395f',
    text: "fragment StoryParts on Story{id title summary coverUrl publishedAt likeCount viewerHasLiked nominee{number name}}query Stories($slug:String!$first:Int$after:String$last:Int$before:String){campaign(slug:$slug){id stories(first:$first after:$after last:$last before:$before){edges{cursor node{...StoryParts}}pageInfo{hasNextPage hasPreviousPage endCursor}}}}",
  },
  Story: {
    id: 'e826d552e2e430d61388888abee960eb1a9a8a527e6899083642ffacb39cd4be',
    text: "fragment StoryParts on Story{id title summary coverUrl publishedAt likeCount viewerHasLiked nominee{number name}}query Story($id:ID!){story(id:$id){...StoryParts body(format:HTML)viewCount media{kind url title}}}",
  },
  CastVote: {
    id: '32caa7ade5fa79fc513d084b77660f7284762646e7a4b1aab2721daabcbd6f1e',
    text: "fragment QuotaParts on Quota{category{id name}limit used remaining resetsAt}mutation CastVote($nomineeId:ID!$idempotencyKey:UUID!){castVote(input:{nomineeId:$nomineeId idempotencyKey:$idempotencyKey}){nominee{id votes viewerHasVoted}quota{...QuotaParts}userErrors{code message}}}",
  },
  SetLike: {
    id: '2fd6cbe0670eeabcf80d75e95fcd61d20fd48b9274d78eec41b38e9632df4da8',
    text: "mutation SetLike($subjectId:ID!$liked:Boolean!){setLike(input:{subjectId:$subjectId liked:$liked}){subject{likeCount viewerHasLiked}userErrors{code message}}}",
  },
  RecordViews: {
    id: 'd277051150536b88a4f6db3c7820d2d149044f12e47331b1582acd42ab55cc12',
    text: "mutation RecordViews($subjectIds:[ID!]!$key:UUID!){recordViews(input:{subjectIds:$subjectIds idempotencyKey:$key}){recorded}}",
  },
  WatchTally: {
    id: 'cea1604a3550aedf4d245a55de6d78585df09ffd48dcb537c8352b3669668cd3',
    text: "subscription WatchTally($campaignId:ID!){tallyChanged(campaignId:$campaignId){version countedVotes entries{votes nominee{id}}}}",
  },
  WatchStories: {
    id: 'cf4942689ab538e70e34266393cf0f3441578ee946b599dfbc45a137fc9e1727',
    text: "subscription WatchStories($campaignId:ID!){storyPublished(campaignId:$campaignId){id}}",
  },
};
