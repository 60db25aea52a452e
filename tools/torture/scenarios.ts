import type { Scenario } from './harness/scenario.ts';
import { crash } from './scenarios/crash.ts';
import { enumeration } from './scenarios/enumeration.ts';
import { flood } from './scenarios/flood.ts';
import { guessing } from './scenarios/guessing.ts';
import { idleFirewall } from './scenarios/idle-firewall.ts';
import { keyRevocation } from './scenarios/key-revocation.ts';
import { loginFlood } from './scenarios/login-flood.ts';
import { pgbouncerOutage } from './scenarios/pgbouncer-outage.ts';
import { pod } from './scenarios/pod.ts';
import { postgresCrashFailover } from './scenarios/postgres-crash-failover.ts';
import { postgresFailover } from './scenarios/postgres-failover.ts';
import { postgresOutage } from './scenarios/postgres-outage.ts';
import { postgresOutageEndpoints } from './scenarios/postgres-outage-endpoints.ts';
import { processKill } from './scenarios/process-kill.ts';
import { redisOutage } from './scenarios/redis-outage.ts';
import { refreshRace } from './scenarios/refresh-race.ts';
import { replicaLag } from './scenarios/replica-lag.ts';
import { revocation } from './scenarios/revocation.ts';
import { rolling } from './scenarios/rolling.ts';
import { rotation } from './scenarios/rotation.ts';
import { slow } from './scenarios/slow.ts';

/** In the order in which `npm run torture` runs them. */
export const scenarios: readonly Scenario[] = [
  flood,
  enumeration,
  guessing,
  refreshRace,
  revocation,
  redisOutage,
  postgresOutage,
  postgresOutageEndpoints,
  postgresFailover,
  postgresCrashFailover,
  pgbouncerOutage,
  idleFirewall,
  replicaLag,
  rolling,
  rotation,
  keyRevocation,
  crash,
  processKill,
  slow,
  pod,
  loginFlood,
];
