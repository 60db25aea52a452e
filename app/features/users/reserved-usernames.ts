import { AppError } from '../../errors.ts';
import { skeletonOf } from '../../store/usernames/skeleton.ts';
import { usernameKey } from '../../store/usernames/username-key.ts';

/**
 * Names under which a user could speak for the service or its operators, or that software treats as its own. Mailboxes are
 * those of RFC 2142 and of the CA/Browser Forum's baseline requirements (section 3.2.2.4.4), which prove the control of a
 * domain.
 */
const reserved: readonly string[] = [
  ...[
    'admin',
    'administrator',
    'sysadmin',
    'superadmin',
    'superuser',
    'root',
    'owner',
    'operator',
    'moderator',
  ],
  ...['staff', 'team', 'official', 'support', 'help', 'helpdesk', 'service', 'system', 'security', 'bot'],
  ...['abuse', 'hostmaster', 'info', 'marketing', 'news', 'noc', 'postmaster', 'sales', 'trouble', 'usenet'],
  ...['ssladmin', 'ssladministrator', 'sslwebmaster', 'webmaster', 'www', 'ftp', 'uucp'],
  ...['daemon', 'mailerdaemon', 'nobody', 'noreply', 'donotreply', 'localhost'],
  ...[
    'auth',
    'authservice',
    'authsystem',
    'authadmin',
    'api',
    'login',
    'logout',
    'register',
    'account',
    'password',
  ],
  ...['anonymous', 'everyone', 'guest', 'self', 'unknown', 'user', 'null', 'nil', 'none', 'undefined'],
  // Names that every JavaScript object has: a client that uses usernames as keys would read or replace them.
  ...Object.getOwnPropertyNames(Object.prototype),
  'prototype',
];

/** Digits that stand for letters, beside those that look like them. */
const letters: Readonly<Record<string, string>> = { 3: 'e', 4: 'a', 5: 's', 7: 't' };

/** The same for names that a reader could take for each other. Separators do not count here. */
const plainSkeleton = (username: string): string =>
  skeletonOf(username)
    .replaceAll(/[_.-]/g, '')
    .replaceAll(/[3457]/g, (digit) => letters[digit] ?? digit);

let skeletons: ReadonlySet<string> | undefined;

function isReserved(username: string): boolean {
  skeletons ??= new Set(reserved.map(plainSkeleton));
  return skeletons.has(plainSkeleton(username));
}

/**
 * For names that users choose themselves. Administrators and the command line may assign a reserved name.
 * @param current the username of the account so far: an account keeps a reserved name that it already has
 * @throws AppError username_reserved
 */
export function checkUsername(username: string, current?: string): void {
  if ((current && usernameKey(username) === usernameKey(current)) || !isReserved(username)) return;
  const message = 'is reserved; choose another';
  throw new AppError('username_reserved', {
    detail: `The username ${message}`,
    fields: [{ path: 'username', message }],
  });
}
