import { randomUUID } from 'node:crypto';
import type { Cluster, Redis } from 'ioredis';
import type { Applicant, SlotResult, SlotRules } from './slot-rules.ts';

/**
 * The rules of attempt-slots.ts in one atomic step. The clock is that of Redis, because the clocks of replicas differ.
 * KEYS[1] is a hash of the two slots that can be used: number of the slot → the network that has won it, or `used` and
 * the id of the attempt. KEYS[2] is a list of the networks that wait, each after the number of the slot in which it
 * came. KEYS[3] is a hash that counts the entries of blocks, and of networks twice: at the entry and at its end. Returns
 * the milliseconds until the network should come again (0: a slot is used, -1: no entry is left) and the number of the
 * slot.
 */
const claimScript = `
local slots, waiting, entries = KEYS[1], KEYS[2], KEYS[3]
local interval, draws, most, period = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4]
local network, block, attempt = ARGV[5], ARGV[7], ARGV[9]
local phase, chance, rest = tonumber(ARGV[10]), tonumber(ARGV[11]), tonumber(ARGV[12])
local clock = redis.call('time')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000) + phase
local current = math.floor(now / interval)

for _, slot in ipairs(redis.call('hkeys', slots)) do
  if tonumber(slot) < current - 1 then redis.call('hdel', slots, slot) end
end
local usable, isWaiting
for slot = current - 1, current do
  local candidates = {}
  for _, entry in ipairs(redis.call('lrange', waiting, 0, -1)) do
    local since = tonumber(string.match(entry, '^%d+'))
    if since < slot and slot <= since + draws then table.insert(candidates, entry) end
  end
  if #candidates > 0 and redis.call('hexists', slots, slot) == 0 then
    local winner = candidates[1 + math.floor(chance * #candidates)]
    redis.call('lrem', waiting, 1, winner)
    redis.call('hset', slots, slot, string.match(winner, ' (.*)$'))
  end
  if redis.call('hget', slots, slot) == network then usable = usable or slot end
end
for slot = current - draws + 1, current do
  for _, entry in ipairs(redis.call('lrange', waiting, 0, -1)) do
    if entry == slot .. ' ' .. network then isWaiting = true end
  end
end

if not usable and not isWaiting then
  local count = tonumber(redis.call('hget', entries, network) or 0)
  local isOver = count % 2 == 1
  if isOver then count = redis.call('hincrby', entries, network, 1) end
  local blockCount = tonumber(redis.call('hget', entries, block) or 0)
  if count >= 2 * tonumber(ARGV[6]) or blockCount >= tonumber(ARGV[8]) then return { -1, 0 } end
  if isOver then return { rest, 0 } end
  redis.call('hincrby', entries, network, 1)
  redis.call('hincrby', entries, block, 1)
  if redis.call('pttl', entries) < 0 then redis.call('pexpire', entries, period) end
  for slot = current, current - 1, -1 do
    if redis.call('hexists', slots, slot) == 0 then usable = slot end
  end
  if not usable then
    redis.call('rpush', waiting, current .. ' ' .. network)
    redis.call('ltrim', waiting, -most, -1)
  end
end
if usable then
  redis.call('hset', slots, usable, 'used ' .. attempt)
  redis.call('hincrby', entries, network, 1)
end
for _, key in ipairs({ slots, waiting }) do redis.call('pexpire', key, (draws + 2) * interval) end
if usable then return { 0, usable } end
return { (current + 1) * interval - now, 0 }
`;

/** Frees the slot that the attempt used, and gives the entry back. */
const refundScript = `
if redis.call('hget', KEYS[1], ARGV[1]) ~= 'used ' .. ARGV[2] then return 0 end
redis.call('hdel', KEYS[1], ARGV[1])
for n, points in ipairs({ 2, 1 }) do
  if redis.call('hexists', KEYS[3], ARGV[n + 2]) == 1 then redis.call('hincrby', KEYS[3], ARGV[n + 2], -points) end
end
return 1
`;

/** One hash tag, because a cluster requires all keys of a script in one hash slot. */
const keysOf = (account: string): [string, string, string] => [
  `limit:slots:{${account}}`,
  `limit:slots-waiting:{${account}}`,
  `limit:slots-entries:{${account}}`,
];

/** Slots differ between accounts, so that the time of day does not reveal when a slot opens. */
const phaseOf = (account: string, interval: number): number =>
  Buffer.from(account, 'base64url').readUInt32BE() % interval;

/** Slots on Redis, for all replicas together. Every method rejects while Redis is unavailable. */
export function createRedisSlots(redis: Redis | Cluster, rules: SlotRules, random: () => number) {
  const { interval, draws, rest, waiting, period, perNetwork, perBlock } = rules;

  return {
    async claim({ account, network, block }: Applicant): Promise<SlotResult> {
      const attempt = randomUUID();
      const keys = keysOf(account);
      const limits = [interval, draws, waiting, period, network, perNetwork, block, perBlock];
      const chances = [attempt, phaseOf(account, interval), random(), rest];
      const reply = await redis.eval(claimScript, keys.length, ...keys, ...limits, ...chances);
      // reason: the reply is the table that the script returns
      const [opensIn, slot] = reply as [number, number];
      const refund = async () => {
        // If Redis is unavailable, the slot stays used. That is the safe side.
        const undone = redis.eval(refundScript, keys.length, ...keys, slot, attempt, network, block);
        await undone.catch(() => undefined);
      };
      return { opensIn: opensIn < 0 ? null : opensIn, refund };
    },
    reset: async (account: string): Promise<void> => void (await redis.del(...keysOf(account))),
  };
}
