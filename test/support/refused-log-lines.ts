import type { Logger } from '../../app/observe/log.ts';
import { somewhere } from './somewhere.ts';

/** Compiled and never called: without these errors of the compiler, `npm run types` fails. */
export function refusedByTheCompiler(log: Logger): void {
  const subject = { accountRef: 'reference', userId: null };
  log.warn({ event: 'account_locked', ...subject, ...somewhere }, 'complete');
  // @ts-expect-error: the event is not in the table.
  log.warn({ event: 'account_blocked', ...subject, ...somewhere }, 'text');
  // @ts-expect-error: nobody knows from where.
  log.warn({ event: 'account_locked', ...subject }, 'text');
  // @ts-expect-error: nobody knows which account.
  log.warn({ event: 'account_locked', userId: null, ...somewhere }, 'text');
  // @ts-expect-error: the table has another level.
  log.info({ event: 'account_locked', ...subject, ...somewhere }, 'text');
  // @ts-expect-error: only lines at the level debug have no event.
  log.info({}, 'text');
  // @ts-expect-error: the reason is none of the choices.
  log.warn({ event: 'state_copy_refused', reason: 'bad', sessionId: '', userId: '', ...somewhere }, 'text');
}
