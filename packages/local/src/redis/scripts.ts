import { type Script, scriptOf } from "./client.ts";

/*
 * Python's keys hold everything. Ours, `atdata:…`, are sorted sets that lead to them:
 *
 *   atdata:entries           content ids        atdata:entries:<name>   those of one name
 *   atdata:schemas, :lenses  <name>@<version>   atdata:schemas:<name>   …
 *   atdata:labels            <name>@<version>   atdata:labels:<name>    …       atdata:labels-of:<id>
 *
 * The score is the microsecond of putting by the clock of Redis, and always above the highest there is. A member may be
 * stale: Python knows nothing of these sets. So whatever is found by them is compared with the key that it leads to.
 * Names are only ever parts of keys, never of patterns.
 */

const NEXT_SCORE = `
local function nextScore(set)
  local time = redis.call('TIME')
  local score = tonumber(time[1]) * 1000000 + tonumber(time[2])
  local top = redis.call('ZREVRANGE', set, 0, 0, 'WITHSCORES')[2]
  if top and tonumber(top) >= score then score = tonumber(top) + 1 end
  return string.format('%.0f', score)
end
local function note(kind, name, member, score)
  redis.call('ZADD', 'atdata:' .. kind, score, member)
  redis.call('ZADD', 'atdata:' .. kind .. ':' .. name, score, member)
end
`;

/** Reads an entry, in the order of {@link ENTRY_FIELDS}. */
const READ_ENTRY = `
local function readEntry(id)
  return redis.call('HMGET', 'LocalDatasetEntry:' .. id, 'name', 'schema_ref', 'data_urls', 'metadata', 'created_at')
end
`;

/** Fields of an entry's hash that are read. */
export const ENTRY_FIELDS = ["name", "schema_ref", "data_urls", "metadata", "created_at"] as const;

/** Fields of a label's hash that are read. `created_for` is the entry that `created_at` is about: Python moves labels without either. */
export const LABEL_FIELDS = ["name", "version", "cid", "description", "created_at", "created_for"] as const;

const READ_LABEL = `
local function readLabel(member)
  return redis.call('HMGET', 'Label:' .. member, 'name', 'version', 'cid', 'description', 'created_at', 'created_for')
end
`;

/** id, name, schema_ref, data_urls, metadata or an empty string → score. */
export const putEntry: Script = scriptOf(`${NEXT_SCORE}
local id, name = ARGV[1], ARGV[2]
local key = 'LocalDatasetEntry:' .. id
local before = redis.call('HGET', key, 'name')
local score = nextScore('atdata:entries')
redis.call('HSET', key, 'cid', id, 'name', name, 'schema_ref', ARGV[3], 'data_urls', ARGV[4], 'created_at', score)
if ARGV[5] == '' then redis.call('HDEL', key, 'metadata') else redis.call('HSET', key, 'metadata', ARGV[5]) end
if before and before ~= name then redis.call('ZREM', 'atdata:entries:' .. before, id) end
note('entries', name, id, score)
return score
`);

/** name → fields of the entry that was put last, and its id, or nothing. One flat reply: this is what is asked most. */
export const latestEntry: Script = scriptOf(`${READ_ENTRY}
local name = ARGV[1]
local set = 'atdata:entries:' .. name
local at = 0
while true do
  local id = redis.call('ZREVRANGE', set, at, at)[1]
  if not id then return false end
  local entry = readEntry(id)
  if entry[1] == name then
    entry[6] = id
    return entry
  end
  at = at + 1
end
`);

/** ids → fields of each. */
export const readEntries: Script = scriptOf(`${READ_ENTRY}
local entries = {}
for at, id in ipairs(ARGV) do entries[at] = readEntry(id) end
return entries
`);

/** id → whether there was one. */
export const deleteEntry: Script = scriptOf(`
local id = ARGV[1]
local name = redis.call('HGET', 'LocalDatasetEntry:' .. id, 'name')
local gone = redis.call('DEL', 'LocalDatasetEntry:' .. id)
redis.call('ZREM', 'atdata:entries', id)
if name then redis.call('ZREM', 'atdata:entries:' .. name, id) end
return gone
`);

/** kind, prefix, name, version, text → the text that is held already, or nothing. */
export const createDocument: Script = scriptOf(`${NEXT_SCORE}
local member = ARGV[3] .. '@' .. ARGV[4]
local score = nextScore('atdata:' .. ARGV[1])
if redis.call('SET', ARGV[2] .. member, ARGV[5], 'NX') then
  note(ARGV[1], ARGV[3], member, score)
  return false
end
return redis.call('GET', ARGV[2] .. member)
`);

/**
 * name, version, id, description, `1` where there is one, what is expected, how → 1, or 0 where it is not as expected, or
 * −1 where the key belongs to another name and version: `a@b` without a version and `a` in version `b@` share one.
 */
export const putLabel: Script = scriptOf(`${NEXT_SCORE}${READ_LABEL}
local name, version, id = ARGV[1], ARGV[2], ARGV[3]
local member = name .. '@' .. version
local key = 'Label:' .. member
local before = readLabel(member)
if before[3] and (before[1] ~= name or before[2] ~= version) then return -1 end
if ARGV[7] == 'none' and before[3] then return 0 end
if ARGV[7] == 'id' and before[3] ~= ARGV[6] then return 0 end
local score = nextScore('atdata:labels')
redis.call('HSET', key, 'name', name, 'version', version, 'cid', id, 'created_at', score, 'created_for', id)
if ARGV[5] == '1' then redis.call('HSET', key, 'description', ARGV[4]) else redis.call('HDEL', key, 'description') end
if before[3] and before[3] ~= id then redis.call('ZREM', 'atdata:labels-of:' .. before[3], member) end
note('labels', name, member, score)
redis.call('ZADD', 'atdata:labels-of:' .. id, score, member)
return 1
`);

/** name → fields of the label that was put last, or nothing. One without a version that Python has put since is the last. */
export const latestLabel: Script = scriptOf(`${READ_LABEL}
local name = ARGV[1]
local set = 'atdata:labels:' .. name
local plain = readLabel(name .. '@')
if plain[1] == name and (plain[3] ~= plain[6] or not redis.call('ZSCORE', set, name .. '@')) then return plain end
local at = 0
while true do
  local member = redis.call('ZREVRANGE', set, at, at)[1]
  if not member then return false end
  local label = readLabel(member)
  if label[1] == name then return label end
  at = at + 1
end
`);

/** members → fields of each. */
export const readLabels: Script = scriptOf(`${READ_LABEL}
local labels = {}
for at, member in ipairs(ARGV) do labels[at] = readLabel(member) end
return labels
`);

/** name, version → whether there was one. */
export const deleteLabel: Script = scriptOf(`${READ_LABEL}
local name, version = ARGV[1], ARGV[2]
local member = name .. '@' .. version
local label = readLabel(member)
if label[1] ~= name or label[2] ~= version then return 0 end
redis.call('ZREM', 'atdata:labels', member)
redis.call('ZREM', 'atdata:labels:' .. name, member)
if label[3] then redis.call('ZREM', 'atdata:labels-of:' .. label[3], member) end
return redis.call('DEL', 'Label:' .. member)
`);

/** cursor, how many keys → the next cursor, and how many keys of Python's were noted. */
export const adoptStep: Script = scriptOf(`${NEXT_SCORE}${READ_LABEL}
local adopted = 0
local function adopt(kind, name, member)
  if redis.call('ZSCORE', 'atdata:' .. kind, member) and redis.call('ZSCORE', 'atdata:' .. kind .. ':' .. name, member) then
    return
  end
  note(kind, name, member, nextScore('atdata:' .. kind))
  adopted = adopted + 1
end
local function document(kind, member)
  local name, version = member:match('^(.*)(@[^@]*)$')
  if not name then return end
  adopt(kind, name, member)
  local class = kind == 'schemas' and name:match('%.([^.]+)$')
  if class then adopt(kind, class, member) end
end
local function typed(key, kind)
  return redis.call('TYPE', key).ok == kind
end
local step = redis.call('SCAN', ARGV[1], 'COUNT', ARGV[2])
for _, key in ipairs(step[2]) do
  if key:sub(1, 18) == 'LocalDatasetEntry:' then
    -- An error where it is of another type, which is nobody's entry.
    local name = redis.pcall('HGET', key, 'name')
    if type(name) == 'string' then adopt('entries', name, key:sub(19)) end
  elseif key:sub(1, 12) == 'LocalSchema:' then
    document('schemas', key:sub(13))
  elseif key:sub(1, 10) == 'LocalLens:' then
    document('lenses', key:sub(11))
  elseif key:sub(1, 6) == 'Label:' and typed(key, 'hash') then
    local member = key:sub(7)
    local label = readLabel(member)
    local name, id = label[1], label[3]
    if name and id then
      if label[6] ~= id then
        local score = nextScore('atdata:labels')
        redis.call('HDEL', key, 'created_at')
        redis.call('HSET', key, 'created_for', id)
        if label[6] then redis.call('ZREM', 'atdata:labels-of:' .. label[6], member) end
        redis.call('ZADD', 'atdata:labels-of:' .. id, score, member)
        note('labels', name, member, score)
        adopted = adopted + 1
      else
        adopt('labels', name, member)
        if not redis.call('ZSCORE', 'atdata:labels-of:' .. id, member) then
          redis.call('ZADD', 'atdata:labels-of:' .. id, nextScore('atdata:labels'), member)
        end
      end
    end
  end
end
return { step[1], adopted }
`);
