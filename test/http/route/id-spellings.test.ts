import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { z } from 'zod';
import { createRouteTable } from '../../support/route-table.ts';

/** The fields of a schema whose value is an id of a user, session or anything else that is a UUID. */
function idsIn(schema: z.ZodType | undefined): [name: string, field: z.ZodType][] {
  if (!(schema instanceof z.ZodObject)) return [];
  return Object.entries<z.ZodType>(schema.shape).filter(([, field]) => {
    const { format, anyOf } = z.toJSONSchema(field, { io: 'input', unrepresentable: 'any' });
    return format === 'uuid' || anyOf?.some((item) => item.format === 'uuid');
  });
}

describe('An id in capitals', () => {
  const fields = createRouteTable().flatMap(({ method, path, params, query, body }) =>
    [params, query, body]
      .flatMap(idsIn)
      .map(([name, field]) => ({ title: `${name} of ${method} ${path}`, field })),
  );

  for (const { title, field } of fields) {
    // Caches, messages, cursors and the audit log compare ids as texts.
    it(`is read as its lower case: ${title}`, () => {
      const id = randomUUID();
      expect(field.parse(id.toUpperCase())).to.equal(id);
    });
  }

  it('is looked for in paths and queries', () => {
    const titles = fields.map(({ title }) => title);
    expect(titles).to.include.members([
      'actor_id of get /api/v1/admin/audit-log',
      'id of delete /api/v1/users/me/sessions/:id',
    ]);
  });
});
