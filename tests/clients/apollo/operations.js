import { readFileSync } from "node:fs";
import { gql } from "@apollo/client";

export const Nominees = gql`
  query Nominees($first: Int!, $after: String) {
    campaign(slug: "demo") {
      id
      nominees(first: $first, after: $after) {
        edges {
          cursor
          node {
            ...NomineeLine
          }
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  }

  fragment NomineeLine on Nominee {
    id
    number
    name
  }
`;

export const SignIn = gql`
  mutation SignIn($deviceId: String!) {
    signInGuest(input: { deviceId: $deviceId }) {
      viewer {
        id
        isGuest
      }
      userErrors {
        code
      }
    }
  }
`;

export const Feed = gql(readFileSync(new URL("feed.graphql", import.meta.url), "utf8"));
