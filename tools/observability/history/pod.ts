import { createMetrics, type Metrics } from '../../../app/observe/metrics.ts';
import { type RequestKind, requestKinds } from './requests.ts';
import { attack, createRandom, failover, isDuring, type PodLife, requestRate } from './story.ts';

/** One replica: the metrics of the service, which the model of its traffic observes. */
export interface SimulatedPod {
  readonly life: PodLife;
  /** Seconds of CPU time since the start. */
  cpu(): number;
  /** Serves a share of the traffic for some seconds. */
  serve(time: number, seconds: number, replicas: number): void;
  /** The registry as a scrape returns it: names, labels and buckets are those of the service. */
  scrape(): Promise<string>;
}

interface Dice {
  /** A whole number around the mean, distributed as counts of independent events are. */
  count(mean: number): number;
  /** A duration around the median, with the long tail that durations have. */
  duration(median: number, spread: number): number;
  chance(probability: number): boolean;
  between(low: number, high: number): number;
}

function createDice(seed: number): Dice {
  const random = createRandom(seed);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return {
    count: (mean) => Math.max(0, Math.round(mean + Math.sqrt(mean) * normal())),
    duration: (median, spread) => median * Math.exp(spread * normal()),
    chance: (probability) => random() < probability,
    between: (low, high) => low + (high - low) * random(),
  };
}

/** Seconds of one argon2 computation with the default parameters. */
const hashSeconds = 0.062;

function hash({ hashDuration, hashWait }: Metrics, dice: Dice, priority: 'clean' | 'suspect'): number {
  const wait = dice.duration(0.003, 1);
  const duration = dice.duration(hashSeconds, 0.12);
  hashWait.observe(wait, { priority });
  hashDuration.observe(duration);
  return wait + duration;
}

function useStores(metrics: Metrics, dice: Dice, { commands, queries }: RequestKind): void {
  for (let n = 0; n < queries; n += 1) {
    metrics.queryDuration.observe(dice.duration(0.0011, 0.55), { outcome: 'ok' });
  }
  for (let n = 0; n < commands; n += 1) {
    metrics.commandDuration.observe(dice.duration(0.00035, 0.4), { outcome: 'ok' });
  }
}

/** What the service counts beside the request itself. */
function countOutcome(metrics: Metrics, dice: Dice, { route, status }: RequestKind): void {
  const { breachChecks, jwksRequests, logins, refreshes, registrations } = metrics;
  if (route.endsWith('/login')) {
    const reason = dice.chance(0.2) ? 'unknown_email' : 'wrong_password';
    logins.inc(status === '200' ? { outcome: 'success', reason: 'none' } : { outcome: 'failure', reason });
  }
  if (route.endsWith('/refresh')) {
    refreshes.inc({ outcome: 'success', cause: dice.chance(0.015) ? 'repeated' : 'rotated' });
    if (dice.chance(0.002)) refreshes.inc({ outcome: 'failure', cause: 'ended' });
  }
  if (route.endsWith('/register')) {
    registrations.inc(dice.chance(0.06) ? { outcome: 'email_taken' } : { outcome: 'success' });
    breachChecks.inc({ result: dice.chance(0.02) ? 'breached' : 'clear' });
  }
  if (route.endsWith('/jwks.json')) jwksRequests.inc();
}

/** Without Postgres the circuit breaker refuses at once what needs it, with status 503. */
function refuse(metrics: Metrics, dice: Dice, { class: name, method, route }: RequestKind): void {
  metrics.queryDuration.observe(dice.duration(0.004, 0.8), { outcome: 'error' });
  metrics.requestDuration.observe(dice.duration(0.006, 0.6), { method, route, status: '503' });
  metrics.requests.inc({ class: name, result: 'error' });
}

function answer(metrics: Metrics, dice: Dice, kind: RequestKind): void {
  const { class: name, hashes, median, method, route, status } = kind;
  const hashTime = hashes ? hash(metrics, dice, 'clean') : 0;
  useStores(metrics, dice, kind);
  metrics.requestDuration.observe(dice.duration(median, 0.45) + hashTime, { method, route, status });
  const isAborted = dice.chance(0.0004);
  metrics.requests.inc({ class: name, result: isAborted ? 'aborted' : 'ok' });
  countOutcome(metrics, dice, kind);
}

/** Guesses of the attack: the limits refuse most of them with status 429, and the others fail. */
function guess(metrics: Metrics, dice: Dice): void {
  const request = { method: 'POST', route: '/api/v1/auth/login' };
  metrics.requests.inc({ class: 'authentication', result: 'ok' });
  if (dice.chance(0.72)) {
    metrics.requestDuration.observe(dice.duration(0.0016, 0.4), { ...request, status: '429' });
    metrics.rateLimited.inc({ limit: dice.chance(0.6) ? 'login' : 'account' });
    return;
  }
  const hashTime = hash(metrics, dice, 'suspect');
  metrics.requestDuration.observe(dice.duration(0.011, 0.45) + hashTime, { ...request, status: '401' });
  metrics.logins.inc({ outcome: 'failure', reason: dice.chance(0.3) ? 'unknown_email' : 'wrong_password' });
  if (dice.chance(0.02)) metrics.lockouts.inc();
}

/** Share of requests that fail although nothing is wrong, for example because a connection breaks. */
const errorRatio = 0.00008;

/** Different accounts that the attack named in the last ten minutes: a list that the script goes through once. */
function attackedAccounts(time: number): number {
  const seconds = Math.min(time, attack.to) - Math.max(time - 600, attack.from);
  return Math.round(Math.max(0, seconds) * 1.9);
}

/** Creates a replica whose counters are 0. */
export function createSimulatedPod(life: PodLife, seed: number): SimulatedPod {
  const dice = createDice(seed);
  const metrics = createMetrics(life.version);
  // One replica of each ReplicaSet counts the sessions.
  const countsSessions = seed % 3 === 1;
  let cpu = 0;
  let time = 0;
  for (const connection of ['commands', 'messages']) metrics.redisConnected.set({ connection }, 1);
  metrics.historyProtected.set(1);
  const busy = () => (isDuring(failover, time) ? 0 : dice.count(0.4));
  metrics.poolSize.onCollect(() => [{ labels: { pool: 'primary' }, value: 10 }]);
  metrics.poolWaiting.onCollect(() => [{ labels: { pool: 'primary' }, value: 0 }]);
  metrics.poolConnections.onCollect(() => [
    { labels: { pool: 'primary', state: 'busy' }, value: busy() },
    { labels: { pool: 'primary', state: 'idle' }, value: isDuring(failover, time) ? 0 : 3 },
  ]);
  metrics.loginAccounts.onCollect(() => [
    { labels: { outcome: 'success' }, value: Math.round(requestRate(time) * 0.075 * 480) },
    { labels: { outcome: 'failure' }, value: Math.round(requestRate(time) * 3) + attackedAccounts(time) },
  ]);
  metrics.connections.onCollect(() => [{ labels: {}, value: 18 + dice.count(requestRate(time) / 4) }]);
  metrics.lastPurgeAge.onCollect(() => [{ labels: {}, value: ((time - 3 * 3600) % 86_400) + 40 }]);
  metrics.lastBackup.onCollect(() => [{ labels: {}, value: time - ((time - 2 * 3600) % 86_400) }]);
  metrics.signingKeyAge.onCollect(() => [
    { labels: { kid: 'k-2026-10', use: 'signing' }, value: 41 * 86_400 + (time % 86_400) },
    { labels: { kid: 'k-2026-07', use: 'accepted' }, value: 133 * 86_400 + (time % 86_400) },
  ]);

  return {
    life,
    cpu: () => cpu,
    scrape: () => metrics.registry.metrics(),
    serve(now, seconds, replicas) {
      time = now;
      const isDown = isDuring(failover, now);
      let hashed = 0;
      let served = 0;
      for (const kind of requestKinds) {
        const requests = dice.count((requestRate(now) * kind.share * seconds) / replicas);
        served += requests;
        for (let n = 0; n < requests; n += 1) {
          if ((isDown && !kind.survivesPostgres) || dice.chance(errorRatio)) refuse(metrics, dice, kind);
          else answer(metrics, dice, kind);
        }
        if (kind.hashes && !isDown) hashed += requests;
      }
      const guesses = isDuring(attack, now) ? dice.count((5 * seconds) / replicas) : 0;
      for (let n = 0; n < guesses; n += 1) guess(metrics, dice);
      cpu += served * 0.0007 + (hashed + guesses * 0.28) * hashSeconds + seconds * 0.004;
      metrics.degraded.set({ dependency: 'postgres' }, isDown ? 1 : 0);
      metrics.requestsInFlight.set(dice.count(0.5));
      metrics.hashQueueDepth.set(dice.count(guesses > 0 ? 0.6 : 0.15));
      metrics.activeSessions.set(
        countsSessions ? Math.round(41_800 + 900 * Math.sin(now / 5_000) + dice.count(30)) : 0,
      );
    },
  };
}
