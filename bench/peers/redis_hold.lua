-- Gives the next free seat to a subject that has none, until a deadline. Returns the seat; -1: nothing left, -2: already reserved.
-- KEYS: the agenda's list of free seats; this subject in this agenda. ARGV: agenda, subject, hold in ms.
if redis.call('EXISTS', KEYS[2]) == 1 then return -2 end
local seat = redis.call('LPOP', KEYS[1])
if not seat then return -1 end
local now = redis.call('TIME')
redis.call('SET', KEYS[2], seat)
redis.call('HSET', 'seat:' .. ARGV[1] .. ':' .. seat, 'subject', ARGV[2], 'deadline',
  string.format('%.0f', now[1] * 1000 + math.floor(now[2] / 1000) + ARGV[3]), 'state', 'held')
return tonumber(seat)
