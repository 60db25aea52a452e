import { z } from 'zod';
import { Id, Instant } from '../../http/route/fields.ts';
import type { Account, User as UserRow } from '../../store/tables/users.ts';
import { canonicalEmail, emailFault, maxSentLength } from './email-address.ts';
import { canonicalUsername, maxSentUsername, usernameFault } from './username.ts';

/** In its one form; see email-address.ts. */
export const Email = z
  .string()
  .max(maxSentLength)
  .overwrite(canonicalEmail)
  .check(({ value, issues }) => {
    const message = emailFault(value);
    if (message !== null) issues.push({ code: 'custom', input: value, message });
  })
  .meta({
    format: 'idn-email',
    description:
      'Stored and shown in lower case, without spaces around it, and with its domain in ASCII form',
    examples: ['test@example.com'],
  });

/** In its canonical form; see username.ts. The names that users cannot choose are in reserved-usernames.ts. */
export const Username = z
  .string()
  .max(maxSentUsername)
  .overwrite(canonicalUsername)
  .check(({ value, issues }) => {
    const message = usernameFault(value);
    if (message !== null) issues.push({ code: 'custom', input: value, message });
  })
  .meta({
    description:
      '3 to 32 letters and digits of one script, dots, hyphens and underscores. Unique without regard to case and to letters that look alike',
    examples: ['testuser'],
  });

/** A change of username or email, or of both. */
export const IdentityChange = z
  .strictObject({ username: Username.optional(), email: Email.optional() })
  .refine(
    (body) => body.username !== undefined || body.email !== undefined,
    'must change at least one field',
  );

export type IdentityChange = z.infer<typeof IdentityChange>;

export const User = z
  .object({
    id: Id,
    email: z.string(),
    username: z.string(),
    roles: z.array(z.string()),
    created_at: Instant,
  })
  .meta({ id: 'User' });

export const ManagedUser = User.extend({
  status: z.enum(['active', 'disabled']),
  updated_at: Instant,
}).meta({ id: 'ManagedUser' });

/** What users see of themselves, field by field: a column added to the table does not appear here by itself. */
export const presentUser = (user: UserRow) => ({
  id: user.id,
  email: user.email,
  username: user.username,
  roles: user.roles,
  created_at: user.createdAt.toISOString(),
});

/** What administrators see of a user. */
export const presentManagedUser = (account: Account) => ({
  ...presentUser(account),
  status: account.disabledAt ? 'disabled' : 'active',
  updated_at: account.updatedAt.toISOString(),
});
