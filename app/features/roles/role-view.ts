import { z } from 'zod';
import { Instant } from '../../http/route/fields.ts';
import type { Role as RoleRow } from '../../store/tables/roles.ts';

export const RoleName = z
  .string()
  .regex(/^[a-z][a-z0-9_:.-]{0,62}$/, 'must be 1 to 63 lower-case letters, digits and _ : . - after a letter')
  .meta({ examples: ['editor'] });

export const Role = z
  .object({ name: z.string(), description: z.string(), built_in: z.boolean(), created_at: Instant })
  .meta({ id: 'Role' });

export const presentRole = (role: RoleRow) => ({
  name: role.name,
  description: role.description,
  built_in: role.builtIn,
  created_at: role.createdAt.toISOString(),
});
