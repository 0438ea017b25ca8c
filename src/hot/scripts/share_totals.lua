-- Stores a campaign's totals and announces them, unless a version as new is there.
-- KEYS: totals. ARGV: version, totals, votes of guests, channel, announcement. Returns 1 if stored.
local version = redis.call('HGET', KEYS[1], 'version')
if version and tonumber(version) >= tonumber(ARGV[1]) then
    return 0
end
redis.call('HSET', KEYS[1], 'version', ARGV[1], 'totals', ARGV[2], 'guests', ARGV[3])
redis.call('PUBLISH', ARGV[4], ARGV[5])
return 1
