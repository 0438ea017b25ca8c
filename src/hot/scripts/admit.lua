-- Takes a token of each bucket (GCRA) and says whether remembered votes refuse a request.
-- KEYS: for each question, the bucket, and where it is about a vote the votes of the voter in this scope and period
-- ARGV: for each question, microseconds a token, microseconds a full bucket, nominee or nothing, quota
-- Returns for each: minus the microseconds to wait | 0 admitted | 1 voted for this nominee | 2 quota spent
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local answers = {}
local key = 1
for arg = 1, #ARGV, 4 do
    local bucket, nominee, votes = KEYS[key], ARGV[arg + 2], nil
    key = key + 1
    if nominee ~= '' then
        votes = KEYS[key]
        key = key + 1
    end
    local arrival = tonumber(redis.call('GET', bucket) or '0')
    local next = math.max(arrival, now) + ARGV[arg]
    local allowed_at = next - ARGV[arg + 1]
    local answer = 0
    if allowed_at > now then
        answer = now - allowed_at
    else
        redis.call('SET', bucket, string.format('%.0f', next), 'PX', math.ceil((next - now) / 1000))
        if votes and redis.call('HEXISTS', votes, nominee) == 1 then
            answer = 1
        elseif votes and redis.call('HLEN', votes) >= tonumber(ARGV[arg + 3]) then
            answer = 2
        end
    end
    answers[#answers + 1] = answer
end
return answers
