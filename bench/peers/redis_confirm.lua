-- Confirms a seat for the subject that holds it. Returns 1; -1: not this subject's, or too late.
-- KEYS: the seat. ARGV: subject.
local seat = redis.call('HMGET', KEYS[1], 'subject', 'deadline', 'state')
if seat[1] ~= ARGV[1] then return -1 end
if seat[3] == 'confirmed' then return 1 end
local now = redis.call('TIME')
if now[1] * 1000 + math.floor(now[2] / 1000) > tonumber(seat[2]) then return -1 end
redis.call('HSET', KEYS[1], 'state', 'confirmed')
return 1
