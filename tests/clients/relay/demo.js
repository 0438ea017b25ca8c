// Read by relay-compiler only: the tests run what it makes of this.
import { graphql } from "relay-runtime";

graphql`
  query demoCampaignQuery($slug: String!, $count: Int!) {
    campaign(slug: $slug) {
      id
      title
      ...demoNominees_campaign @arguments(count: $count)
      ...demoStories_campaign @arguments(count: $count)
    }
  }
`;

graphql`
  query demoFeedQuery($count: Int!) {
    ...demoFeed_query @arguments(count: $count)
  }
`;

graphql`
  fragment demoNominees_campaign on Campaign
  @argumentDefinitions(count: { type: "Int!" }, cursor: { type: "String" })
  @refetchable(queryName: "demoNomineesPageQuery") {
    nominees(first: $count, after: $cursor) @connection(key: "demo_nominees") {
      edges {
        node {
          id
          ...demoNominee_nominee
        }
      }
    }
  }
`;

graphql`
  fragment demoStories_campaign on Campaign
  @argumentDefinitions(count: { type: "Int!" }, cursor: { type: "String" })
  @refetchable(queryName: "demoStoriesPageQuery") {
    stories(first: $count, after: $cursor) @connection(key: "demo_stories") {
      edges {
        node {
          id
          title
        }
      }
    }
  }
`;

graphql`
  fragment demoNominee_nominee on Nominee @refetchable(queryName: "demoNomineeQuery") {
    number
    name
    viewerHasVoted
  }
`;

graphql`
  fragment demoFeed_query on Query
  @argumentDefinitions(count: { type: "Int!" }, cursor: { type: "String" })
  @refetchable(queryName: "demoFeedPageQuery") {
    stories(first: $count, after: $cursor) @connection(key: "demo_feed_stories") {
      edges {
        node {
          id
          title
        }
      }
    }
  }
`;

graphql`
  mutation demoLikeMutation($input: SetLikeInput!) {
    setLike(input: $input) {
      subject {
        id
        likeCount
        viewerHasLiked
      }
      userErrors {
        code
      }
    }
  }
`;

graphql`
  subscription demoTallySubscription($id: ID!) {
    tallyChanged(campaignId: $id) {
      version
      countedVotes
    }
  }
`;
