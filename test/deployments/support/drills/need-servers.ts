import { postgresBin } from '../../../support/tls-postgres.ts';
import { need } from '../tools.ts';

/** Skips the tests of the calling hook, by name, where a server that the drills start is missing. */
export function needDrillServers(context: Mocha.Context): void {
  need(context, 'prometheus', 'the Debian package prometheus');
  need(context, 'redis-server', 'the Debian package redis-server');
  if (postgresBin) return;
  process.stdout.write('skipped, because Postgres is missing, which is in the Debian package postgresql\n');
  context.skip();
}
