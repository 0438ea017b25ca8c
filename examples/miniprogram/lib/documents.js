// Written by documents.mjs from documents.graphql.
module.exports = {
  Campaign: {
    id: '047303b39f41fa7a2b1fa87a6e5acdf94fcf02710b7e5868d66a7aafcf6b02c7',
    text: "fragment QuotaParts on Quota{category{id name}limit used remaining resetsAt}fragment VotingParts on Campaign{phase ticket rules{votesPerPeriod period scope admits tallyVisibility}viewerQuotas{...QuotaParts}}query Campaign($slug:String!){serverTime campaign(slug:$slug){id title summary coverUrl votingOpensAt votingClosesAt categories{id name nomineeCount}tally{countedVotes voters}...VotingParts}}",
  },
  Nominees: {
    id: 'bf137e8e135ea2d0d49244c923203e0baabc86662823421569bd065fd99b03cf',
    text: "fragment NomineeParts on Nominee{id number name employer title portraitUrl(size:SMALL)status votes rank viewerHasVoted category{id}}query Nominees($slug:String!$first:Int!$after:String$category:ID$search:String$orderBy:NomineeOrder!$seed:String){campaign(slug:$slug){nominees(first:$first after:$after category:$category search:$search orderBy:$orderBy seed:$seed){nodes{...NomineeParts}pageInfo{hasNextPage endCursor}}}}",
  },
  Nominee: {
    id: 'a40c0c2a35c761cfdf9c7b713e1249d30e3c94ad1fbf025800127dc0c71562de',
    text: "fragment QuotaParts on Quota{category{id name}limit used remaining resetsAt}fragment NomineeParts on Nominee{id number name employer title portraitUrl(size:SMALL)status votes rank viewerHasVoted category{id}}fragment StoryParts on Story{id title summary coverUrl publishedAt likeCount viewerHasLiked nominee{number name employer portraitUrl(size:SMALL)}}fragment VotingParts on Campaign{phase ticket rules{votesPerPeriod period scope admits tallyVisibility}viewerQuotas{...QuotaParts}}query Nominee($slug:String!$number:Int!){campaign(slug:$slug){...VotingParts nominee(number:$number){...NomineeParts portraitLargeUrl:portraitUrl(size:LARGE)summary city likeCount viewCount viewerHasLiked category{name}stories(first:20){nodes{...StoryParts}}}}}",
  },
  Stories: {
    id: 'd4a386eb89b04cebba91e916c3e4011c623b4d8c78914235bac9dabdbe205cc1',
    text: "fragment StoryParts on Story{id title summary coverUrl publishedAt likeCount viewerHasLiked nominee{number name employer portraitUrl(size:SMALL)}}query Stories($slug:String!$first:Int$after:String$last:Int$before:String){campaign(slug:$slug){id stories(first:$first after:$after last:$last before:$before){edges{cursor node{...StoryParts}}pageInfo{hasNextPage hasPreviousPage endCursor}}}}",
  },
  Story: {
    id: '773f44e6857cf77f5bd7ee8cc642b9a46cf5d92069a09ab92d0a48b079e4b197',
    text: "fragment QuotaParts on Quota{category{id name}limit used remaining resetsAt}fragment NomineeParts on Nominee{id number name employer title portraitUrl(size:SMALL)status votes rank viewerHasVoted category{id}}fragment StoryParts on Story{id title summary coverUrl publishedAt likeCount viewerHasLiked nominee{number name employer portraitUrl(size:SMALL)}}fragment VotingParts on Campaign{phase ticket rules{votesPerPeriod period scope admits tallyVisibility}viewerQuotas{...QuotaParts}}query Story($slug:String!$id:ID!){campaign(slug:$slug){...VotingParts}story(id:$id){...StoryParts body(format:HTML)viewCount media{kind url title}nominee{...NomineeParts}}}",
  },
  Neighbours: {
    id: 'b4750523442343f99703dc4bb63f0f43cc99ef81bbbdd37cf429dd4bcb66e56a',
    text: "fragment Neighbour on StoryConnection{edges{cursor node{id title}}}query Neighbours($slug:String!$cursor:String!){campaign(slug:$slug){newer:stories(last:1 before:$cursor){...Neighbour}older:stories(first:1 after:$cursor){...Neighbour}}}",
  },
  Result: {
    id: '661ef1c5d30e354e17aedab6a121a7d0741eec252374199e37b6c797dfc3ed80',
    text: "query Result($slug:String!){campaign(slug:$slug){id title coverUrl phase rules{votesPerPeriod period scope tallyVisibility}categories{id name shortlistSize}tally{asOf countedVotes withheldVotes withdrawnVotes voters}amendments{at subjectLabel reason}}}",
  },
  Ranking: {
    id: '419bf34b33ab2344de337d28a7cfe862e8cb1a33ce0d3bedb9c8d95924c43e74',
    text: "query Ranking($slug:String!$category:ID!$first:Int!$after:String){campaign(slug:$slug){nominees(category:$category first:$first after:$after orderBy:VOTES){nodes{id number name employer portraitUrl(size:SMALL)votes rank}pageInfo{hasNextPage endCursor}}}}",
  },
  WatchStories: {
    id: 'cf4942689ab538e70e34266393cf0f3441578ee946b599dfbc45a137fc9e1727',
    text: "subscription WatchStories($campaignId:ID!){storyPublished(campaignId:$campaignId){id}}",
  },
};
