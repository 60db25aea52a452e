import { namesOf } from '../names.ts';
import { shortHash } from '../values/installation.ts';
import type { Values } from '../values/schema.ts';
import { plainSettings } from './settings.ts';

type Data = Readonly<Record<string, string>>;

/**
 * A name that changes with the content. A container that starts again then reads what it read before, also while a rollout
 * has already applied another configuration, and `kubectl rollout undo` returns to the configuration of the older pods.
 */
const named = (name: string, data: Data) => ({
  name: `${name}-${shortHash(JSON.stringify(Object.entries(data).sort()))}`,
  data,
});

/** The ConfigMap of the variables of the service. */
export const configuration = (values: Values) => named(namesOf(values).config, plainSettings(values));

const certificate = (name: string, pem: string | undefined) => named(name, { 'ca.pem': pem ?? '' });

/** The ConfigMaps of the CAs. The charts write them only if the values have a CA. */
export const databaseCa = (values: Values) => certificate(namesOf(values).databaseCa, values.database.ca);
export const redisCa = (values: Values) => certificate(namesOf(values).redisCa, values.redis.ca);
