// Redis runs a script from its first line to its last, and nothing else meanwhile. Names and texts are JSON: not interpreted here.
// #region read
const shared = `local prefix, now = ARGV[1], tonumber(ARGV[2])
local function expired(expiresAt) return expiresAt and tonumber(expiresAt) <= now end
local function row(name, place)
  local found = redis.call('HMGET', name, 'record', 'revision', 'expiresAt', 'consumed')
  if found[1] and not expired(found[3]) then return { place, unpack(found) } end
end
local function drop(name)
  local indexes = redis.call('HGET', name, 'indexes') or '[]'
  for _, index in ipairs(cjson.decode(indexes)) do redis.call('ZREM', index, name) end
  redis.call('ZREM', prefix .. 'expiry', name)
  redis.call('DEL', name)
end`;

export const FIND: string = `${shared} return { row(ARGV[3], '0') }`;

// More than the limit says that there is another page.
export const LIST: string = `${shared}
local index, from, limit, rows = ARGV[3], '(' .. ARGV[4], tonumber(ARGV[5]), {}
repeat
  local names = redis.call('ZRANGEBYSCORE', index, from, '+inf', 'WITHSCORES', 'LIMIT', 0, limit + 1)
  for n = 1, #names, 2 do rows[#rows + 1] = row(names[n], names[n + 1]) end
  if #names > 0 then from = '(' .. names[#names] end
until #names == 0 or #rows > limit
return rows`;
// #endregion read

// #region commit
/** Answers the place of the first write that conflicts, and why. Redis undoes nothing by itself, so this does. */
export const COMMIT: string = `${shared}
local before = {}
local function load(name)
  local found, record = redis.call('HGETALL', name), {}
  for n = 1, #found, 2 do record[found[n]] = found[n + 1] end
  return #found > 0 and record
end
local function save(name, record)
  if before[name] == nil then before[name] = load(name) end
  drop(name)
  if not record then return end
  record.place = record.place or redis.call('INCR', prefix .. 'places')
  for field, value in pairs(record) do redis.call('HSET', name, field, value) end
  for _, index in ipairs(cjson.decode(record.indexes)) do redis.call('ZADD', index, record.place, name) end
  if record.expiresAt then redis.call('ZADD', prefix .. 'expiry', record.expiresAt, name) end
end
local function read(name)
  local record = load(name)
  if record and expired(record.expiresAt) then return save(name, false) end
  return record
end
local apply = {
  write = function(write)
    local old = read(write.name)
    if write.insert and old then return 'exists' end
    if write.ifRevision and not old then return 'gone' end
    if write.ifRevision and tonumber(old.revision) ~= write.ifRevision then return 'revision' end
    for _, index in ipairs(write.unique) do
      local owner = redis.call('ZRANGE', index, 0, 0)[1]
      if owner and owner ~= write.name and read(owner) then return 'exists' end
    end
    local record = old or { revision = 0 }
    record.revision, record.record = record.revision + 1, write.record
    record.indexes, record.expiresAt = write.indexes, write.expiresAt
    save(write.name, record)
  end,
  consume = function(write)
    local record = read(write.name)
    if not record then return 'gone' end
    if record.attempt then return record.attempt ~= write.attempt and 'consumed' or nil end
    record.attempt, record.consumed = write.attempt, write.consumed
    record.revision, record.expiresAt = record.revision + 1, write.expiresAt or record.expiresAt
    save(write.name, record)
  end,
  remove = function(write)
    local names = write.name and { write.name } or redis.call('ZRANGE', write.index, 0, -1)
    for _, name in ipairs(names) do save(name, false) end
  end,
}
for n, write in ipairs(cjson.decode(ARGV[3])) do
  local reason = apply[write.type](write)
  if reason then
    for name, record in pairs(before) do save(name, record) end
    return { n - 1, reason }
  end
end`;
// #endregion commit

export const PURGE: string = `${shared}
local names = redis.call('ZRANGEBYSCORE', prefix .. 'expiry', '-inf', now, 'LIMIT', 0, ARGV[3])
for _, name in ipairs(names) do drop(name) end
return #names`;
