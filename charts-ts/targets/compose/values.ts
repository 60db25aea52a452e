import { z } from 'zod';
import { workload } from '../../values/schema-workload.ts';
import { kongBlock } from '../kong/values.ts';

const port = z.int().min(1).max(65_535);

const compose = z.strictObject({
  address: z.union([z.ipv4(), z.ipv6()], 'must be an IP address'),
  ports: z.strictObject({
    api: port,
    gateway: port,
    console: port,
    postgres: port,
    redis: port,
    mail: port,
    smtp: port,
    prometheus: port,
  }),
});

/** The values of Docker Compose for development. */
export const schema = z.strictObject({ ...workload, compose, kong: kongBlock });

export type ComposeValues = z.infer<typeof schema>;

/** What contradicts each other, as `path: message`. */
export function* faults({ compose: { ports: numbers }, jwt }: ComposeValues): Generator<string> {
  const ports = Object.entries(numbers);
  for (const [name, number] of ports) {
    const first = ports.find(([, other]) => other === number)?.[0];
    if (first !== name) yield `compose.ports.${name}: ${number} is the port of compose.ports.${first} too`;
  }
  if (Object.keys(jwt.publicKeys).length > 0)
    yield 'jwt.publicKeys: the service makes its own key in development; leave this empty';
}
