import { runOn } from '../../../../support/servers.ts';
import type { Course } from '../drill.ts';

/** Alerts that compare with the same time of yesterday and of a week ago. */
export const weeks: Course = {
  name: 'weeks',
  hasLogins: true,
  drills: [
    {
      cause: 'every account is disabled by mistake, after a week of successful logins',
      alerts: ['AuthLoginSuccessCollapsed'],
      without: ['AuthNoTraffic'],
      async begin({ databaseUrl }) {
        await runOn(databaseUrl, 'update users set disabled_at = now()');
        return () => runOn(databaseUrl, 'update users set disabled_at = null');
      },
    },
    {
      cause: 'no request arrives any more, after a week of requests',
      alerts: ['AuthNoTraffic'],
      without: ['AuthServiceDown'],
      async begin({ logins }) {
        await logins.stop();
        return logins.start;
      },
    },
  ],
};
