export const defaultQuery = `# The sample campaign and its first nominees. Run it with Ctrl+Enter.
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

# Watch its tally: put the campaign's id here, remove the marks and run it.
# subscription Watch {
#   tallyChanged(campaignId: "...") {
#     version
#     countedVotes
#     voters
#   }
# }
#
# Vote as a guest: sign in, then put {"authorization": "Bearer <accessToken>"} into Headers below.
# mutation SignIn {
#   signInGuest(input: {deviceId: "a-random-text-of-my-own"}) {
#     session { accessToken }
#   }
# }
# mutation Vote {
#   castVote(input: {nomineeId: "..."}) {
#     vote { castAt }
#     quota { used remaining }
#     userErrors { code message }
#   }
# }
`;
