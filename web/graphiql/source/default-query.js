export const defaultQuery = `# The sample campaign, its first nominees.
# Run it with Ctrl+Enter.
query Demo {
  campaign(slug: "demo") {
    id
    title
    phase
    nominees(first: 5) {
      totalCount
      nodes {
        id
        number
        name
        employer
        votes
      }
    }
  }
}

# Watch its tally, by its id:
#
# subscription Watch {
#   tallyChanged(campaignId: "...") {
#     version
#     countedVotes
#     voters
#   }
# }
#
# Vote as a guest: sign in,
#
# mutation SignIn {
#   signInGuest(input: {
#     deviceId: "a-random-text-of-mine"
#   }) {
#     session { accessToken }
#   }
# }
#
# put the token into Headers below, as
# {"authorization": "Bearer ..."}, and vote:
#
# mutation Vote {
#   castVote(input: {nomineeId: "..."}) {
#     vote { castAt }
#     quota { used remaining }
#     userErrors { code message }
#   }
# }
`;
