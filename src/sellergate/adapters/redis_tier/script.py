"""The one script that writes: compare and set by version, for any number of keys of one seller."""

from hashlib import sha1
from typing import Final

PUT: Final = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if now > tonumber(ARGV[1]) then
  return {now, -1}
end

local function versions(value)
  if type(value) ~= 'string' then
    return nil
  end
  local a, s, p = string.match(value, '^%w+|(%d+)|(%d+)|(%d+)|')
  return tonumber(a), tonumber(s), tonumber(p)
end

local written = 0
for place, key in ipairs(KEYS) do
  local lifetime, value = ARGV[2 * place], ARGV[2 * place + 1]
  local a, s, p = versions(value)
  local known_a, known_s, known_p = versions(redis.pcall('GET', key))
  if not known_a or (known_a <= a and known_s <= s and known_p <= p) then
    redis.call('SET', key, value, 'PX', lifetime)
    written = written + 1
  end
end
return {now, written}
"""
"""KEYS are of one seller. ARGV is the latest time by Redis's clock (ms) at which this may still be written, then for each key
its lifetime in ms and its value. The answer is Redis's time and how many were written, -1 when it was too late for any.

A key that holds something else than a value of ours is overwritten.
"""

PUT_SHA: Final = sha1(PUT.encode(), usedforsecurity=False).hexdigest()
