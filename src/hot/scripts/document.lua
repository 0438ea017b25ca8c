-- Registers a document, or finds it, and keeps as many as are allowed, those lately used.
-- KEYS: texts by hash, times of use by hash. ARGV: hash, documents at most [, text]. Returns the text, or nothing.
if ARGV[3] then
    redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
end
local text = redis.call('HGET', KEYS[1], ARGV[1])
if not text then
    return false
end
local time = redis.call('TIME')
redis.call('ZADD', KEYS[2], time[1] * 1000000 + time[2], ARGV[1])
local excess = redis.call('ZCARD', KEYS[2]) - ARGV[2]
if excess > 0 then
    for _, hash in ipairs(redis.call('ZRANGE', KEYS[2], 0, excess - 1)) do
        redis.call('HDEL', KEYS[1], hash)
        redis.call('ZREM', KEYS[2], hash)
    end
end
return text
