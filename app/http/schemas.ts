import { z } from 'zod';

/*
 * One schema each for validation, types and the OpenAPI document. Objects refuse unknown fields. An `id` in the meta
 * makes a schema a named component of the document.
 */

export const Id = z.uuid();
export const Email = z
  .email()
  .max(254)
  .meta({ description: 'Stored in lower case', examples: ['test@example.com'] });
export const Username = z
  .string()
  .regex(/^[A-Za-z0-9_.-]{3,32}$/, 'must have 3 to 32 letters, digits, dots, hyphens or underscores')
  .meta({ examples: ['testuser'] });
/** Bounded only against abuse; what a password must be is the domain's to say (8 to 128 characters, not common). */
const NewPassword = z
  .string()
  .max(1024)
  .meta({
    description: '8 to 128 characters of any kind; common passwords and the email or username are refused',
    examples: ['StrongPass123!'],
  });
/** Taken exactly as received (ASVS 6.2.8). */
const Password = z
  .string()
  .max(1024)
  .meta({ examples: ['StrongPass123!'] });
const RoleName = z
  .string()
  .regex(/^[a-z][a-z0-9_:.-]{0,62}$/, 'must be 1 to 63 lower-case letters, digits and _ : . - after a letter')
  .meta({ examples: ['editor'] });
const Instant = z.iso.datetime().meta({ examples: ['2026-01-31T12:00:00.000Z'] });

export const RegisterBody = z.strictObject({ email: Email, password: NewPassword, username: Username });
export const LoginBody = z.strictObject({
  email: z
    .string()
    .max(254)
    .meta({ examples: ['test@example.com'] }),
  password: Password,
  device_token: z.string().max(200).optional().meta({
    description:
      'device_token of an earlier login, for clients that keep no cookies: strangers cannot lock it out',
  }),
});
export const RefreshBody = z.strictObject({ refresh_token: z.string().max(4096) });
export const ResetPasswordBody = z.strictObject({ token: z.string().max(512), password: NewPassword });
export const ChangePasswordBody = z.strictObject({ current_password: Password, new_password: NewPassword });
export const DeleteMeBody = z.strictObject({ password: Password });
const oneField = { message: 'must change at least one field' };
export const UpdateMeBody = z
  .strictObject({
    username: Username.optional(),
    email: Email.optional(),
    password: Password.optional().meta({ description: 'The current password; needed to change the email' }),
  })
  .refine((body) => body.username !== undefined || body.email !== undefined, oneField);
export const UpdateUserBody = z
  .strictObject({ username: Username.optional(), email: Email.optional() })
  .refine((body) => body.username !== undefined || body.email !== undefined, oneField);
export const SetRolesBody = z.strictObject({ roles: z.array(RoleName).max(50) });
export const CreateRoleBody = z.strictObject({
  name: RoleName,
  description: z.string().max(200).default(''),
});

export const IdParams = z.object({ id: Id });
export const RoleParams = z.object({ name: RoleName });
const limit = z.coerce.number().int().min(1).max(100).default(20).meta({ description: 'Items per page' });
const cursor = z.string().max(500).optional().meta({ description: 'meta.next_cursor of the page before' });
export const PageQuery = z.strictObject({ limit, cursor });
export const UsersQuery = z
  .strictObject({
    limit,
    cursor,
    email: z.string().min(1).max(254).optional().meta({ description: 'Prefix of the email' }),
    username: z
      .string()
      .min(1)
      .max(32)
      .optional()
      .meta({ description: 'Prefix of the username, in any case' }),
  })
  .refine(
    (query) => query.email === undefined || query.username === undefined,
    'search by email or by username',
  );

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
export const TokenSet = z
  .object({
    access_token: z.string().meta({ description: 'JWT (RFC 9068) for the Authorization header' }),
    refresh_token: z.string().meta({ description: 'Good for one refresh' }),
    token_type: z.literal('Bearer'),
    expires_in: z.int().meta({ description: 'Seconds until the access token expires' }),
    user: User,
  })
  .meta({ id: 'TokenSet' });
export const KnownDevice = z
  .object({
    device_token: z
      .string()
      .meta({ description: 'To be sent with later logins; browsers get it as a cookie' }),
  })
  .meta({ id: 'KnownDevice' });
export const LoginResult = TokenSet.extend(KnownDevice.shape).meta({ id: 'LoginResult' });
export const Session = z
  .object({
    id: Id,
    device: z.string().nullable().meta({ description: 'User-Agent at login' }),
    ip: z.string().nullable(),
    created_at: Instant,
    last_seen_at: Instant.meta({ description: 'Last login or refresh' }),
    current: z.boolean(),
  })
  .meta({ id: 'Session' });
export const LoginHistory = z
  .object({
    id: Id,
    occurred_at: Instant,
    outcome: z.enum(['success', 'failure']),
    reason: z.string().nullable(),
    ip: z.string().nullable(),
    device: z.string().nullable(),
    session_id: Id.nullable(),
  })
  .meta({ id: 'LoginHistory' });
export const ManagedLoginHistory = LoginHistory.extend({ user_id: Id.nullable() }).meta({
  id: 'ManagedLoginHistory',
});
export const Role = z
  .object({ name: z.string(), description: z.string(), built_in: z.boolean(), created_at: Instant })
  .meta({ id: 'Role' });
export const ResetToken = z.object({ token: z.string(), expires_at: Instant }).meta({ id: 'ResetToken' });
const AuditEntry = z.object({
  occurred_at: Instant,
  action: z.string(),
  target_type: z.string(),
  target_id: z.string().nullable(),
  detail: z.record(z.string(), z.unknown()),
  ip: z.string().nullable().meta({ description: 'Only where I acted myself' }),
  request_id: z.string().nullable(),
});
const ExportedSession = Session.extend({
  ended_at: Instant.nullable(),
  end_cause: z.string().nullable(),
}).meta({
  id: 'HeldSession',
});
export const Export = z
  .object({
    user: ManagedUser,
    sessions: z.array(ExportedSession),
    login_history: z.array(LoginHistory),
    audit_log: z.array(AuditEntry),
  })
  .meta({ id: 'Export' });
export const Health = z
  .object({ status: z.literal('healthy'), version: z.string(), environment: z.string() })
  .meta({ id: 'Health' });
export const Readiness = z
  .object({
    status: z.enum(['ready', 'not_ready']),
    checks: z.object({
      postgres: z.enum(['up', 'down']),
      schema: z.enum(['current', 'behind', 'unknown']),
      redis: z.enum(['up', 'degraded']),
      draining: z.boolean(),
    }),
  })
  .meta({ id: 'Readiness' });
export const Jwks = z.object({ keys: z.array(z.record(z.string(), z.unknown())) }).meta({ id: 'Jwks' });
