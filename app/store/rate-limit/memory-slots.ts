import { createExpiringMap } from './expiring-map.ts';
import { createMemoryCounter } from './memory-counter.ts';
import type { Applicant, SlotResult, SlotRules } from './slot-rules.ts';

interface Entry {
  readonly network: string;
  /** Number of the slot in which the network came. */
  readonly since: number;
  /** Uncounts the entry. */
  readonly giveBack: () => Promise<unknown>;
}

interface AccountSlots {
  endsAt: number;
  /** The two slots that can be used, by number. An entry of a slot has won it or used it. */
  readonly slots: Map<number, Entry & { readonly isUsed: boolean }>;
  /** In the order of arrival. */
  waiting: Entry[];
}

/** Ten entries for each account at most, so about 20 MB. */
const maxAccounts = 10_000;

const refused: SlotResult = { opensIn: null, refund: async () => undefined };

/** Counts the entries of blocks, and of networks twice: at the entry and at its end. */
function createEntryCounts({ period, perNetwork, perBlock }: SlotRules) {
  const counter = createMemoryCounter();
  const ofNetwork = ({ account, network }: Applicant): string => `${account} ${network}`;
  const ofBlock = ({ account, block }: Applicant): string => `${account} ${block}`;
  const isOpen = (applicant: Applicant): boolean => counter.peek(ofNetwork(applicant)) % 2 === 1;

  return {
    hasEntry: (applicant: Applicant): boolean =>
      counter.peek(ofNetwork(applicant)) < 2 * perNetwork && counter.peek(ofBlock(applicant)) < perBlock,
    /** @returns a function that uncounts the entry; null when the memory is full */
    begin(applicant: Applicant): Entry['giveBack'] | null {
      const points = [ofNetwork(applicant), ofBlock(applicant)].map((key) => counter.consume(key, period));
      const giveBack = () => Promise.all(points.map((point) => point?.refund()));
      if (!points.includes(null)) return giveBack;
      void giveBack();
      return null;
    },
    /** @returns a function that uncounts the end; null when no entry has begun */
    end(applicant: Applicant): Entry['giveBack'] | null {
      const point = isOpen(applicant) ? counter.consume(ofNetwork(applicant), period) : null;
      return point && (() => point.refund());
    },
    reset: (account: string): void => counter.resetAll(`${account} `),
  };
}

/** Draws the winner of each slot that has opened. Removes slots that can no longer be used. */
function draw(state: AccountSlots, current: number, draws: number, random: () => number): void {
  for (const slot of state.slots.keys()) if (slot < current - 1) state.slots.delete(slot);
  for (const slot of [current - 1, current]) {
    if (state.slots.has(slot)) continue;
    const candidates = state.waiting.filter(({ since }) => since < slot && slot <= since + draws);
    const winner = candidates[Math.floor(random() * candidates.length)];
    if (!winner) continue;
    state.slots.set(slot, { ...winner, isUsed: false });
    state.waiting = state.waiting.filter((entry) => entry !== winner);
  }
  state.waiting = state.waiting.filter(({ since }) => current < since + draws);
}

/** Slots in this process, with the rules of redis-slots.ts. */
export function createMemorySlots(rules: SlotRules, random: () => number) {
  const { interval, draws } = rules;
  const now = (): number => performance.now();
  const accounts = createExpiringMap<AccountSlots>(maxAccounts, now);
  const entries = createEntryCounts(rules);

  function use({ slots }: AccountSlots, slot: number, entry: Entry, applicant: Applicant): SlotResult {
    const used = { ...entry, isUsed: true };
    const undoEnd = entries.end(applicant);
    slots.set(slot, used);
    const refund = async (): Promise<void> => {
      if (slots.get(slot) !== used) return;
      slots.delete(slot);
      await Promise.all([entry.giveBack(), undoEnd?.()]);
    };
    return { opensIn: 0, refund };
  }

  return {
    claim(applicant: Applicant): SlotResult {
      const { account, network } = applicant;
      const current = Math.floor(now() / interval);
      const endsAt = now() + (draws + 2) * interval;
      const state =
        accounts.find(account) ?? accounts.open(account, { endsAt, slots: new Map(), waiting: [] });
      if (!state) return refused;
      state.endsAt = endsAt;
      draw(state, current, draws, random);
      for (const [slot, entry] of state.slots)
        if (entry.network === network && !entry.isUsed) return use(state, slot, entry, applicant);
      if (!state.waiting.some((entry) => entry.network === network)) {
        const isOver = entries.end(applicant) !== null;
        if (!entries.hasEntry(applicant)) return refused;
        if (isOver) return { ...refused, opensIn: rules.rest };
        const giveBack = entries.begin(applicant);
        if (!giveBack) return refused;
        const entry = { network, since: current, giveBack };
        const free = [current - 1, current].find((slot) => !state.slots.has(slot));
        if (free !== undefined) return use(state, free, entry, applicant);
        state.waiting = [...state.waiting, entry].slice(-rules.waiting);
      }
      return { ...refused, opensIn: (current + 1) * interval - now() };
    },

    reset(account: string): void {
      accounts.delete(account);
      entries.reset(account);
    },
  };
}
