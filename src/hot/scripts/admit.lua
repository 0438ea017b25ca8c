-- Takes a token of a bucket (GCRA) and says what is known of a cast.
-- KEYS: bucket [, votes of the voter in this scope and period]
-- ARGV: microseconds a token, microseconds a full bucket [, nominee, quota, idempotency key or '']
-- Returns {-1, microseconds to wait} | {0} nothing known | {1} key belongs to another vote
--       | {2, vote} voted for this nominee | {3} quota spent
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local arrival = tonumber(redis.call('GET', KEYS[1]) or '0')
local next = math.max(arrival, now) + ARGV[1]
local allowed_at = next - ARGV[2]
if allowed_at > now then
    return {-1, allowed_at - now}
end
redis.call('SET', KEYS[1], string.format('%.0f', next), 'PX', math.ceil((next - now) / 1000))
if #KEYS == 1 then
    return {0}
end
local used = redis.call('HLEN', KEYS[2])
if used == 0 then
    return {0}
end
local vote = redis.call('HGET', KEYS[2], ARGV[3])
if not vote and used < tonumber(ARGV[4]) then
    return {0}
end
if ARGV[5] ~= '' then
    local votes = redis.call('HGETALL', KEYS[2])
    for i = 1, #votes, 2 do
        if votes[i] ~= ARGV[3] and string.find(votes[i + 1], ARGV[5], 1, true) then
            return {1}
        end
    end
end
if vote then
    return {2, vote}
end
return {3}
