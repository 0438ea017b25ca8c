-- Takes a token of a bucket (GCRA) and says what is known of a cast.
-- KEYS: bucket [, votes of the voter in this scope and period]
-- ARGV: microseconds a token, microseconds a full bucket [, nominee, quota]
-- Returns {-1, microseconds to wait} | {0} nothing known | {1} voted for this nominee | {2} quota spent
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
if redis.call('HEXISTS', KEYS[2], ARGV[3]) == 1 then
    return {1}
end
if redis.call('HLEN', KEYS[2]) >= tonumber(ARGV[4]) then
    return {2}
end
return {0}
