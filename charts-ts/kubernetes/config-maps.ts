import { Construct } from 'constructs';
import type { IConfigMap } from 'kubernetes-models/v1';
import { addObject } from '../manifest.ts';
import { metadata, namesOf } from '../names.ts';
import type { Values } from '../values/schema.ts';
import { plainSettings } from './settings.ts';

/** The configuration of the containers that is not secret: variables, public keys and the CAs of the stores. */
export class ConfigMaps extends Construct {
  constructor(scope: Construct, id: string, values: Values) {
    super(scope, id);
    const { database, jwt, redis } = values;
    const add = (name: string, data: Record<string, string>) =>
      addObject<IConfigMap>(this, name, {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: metadata(values, name),
        data,
      });

    add(namesOf(values).config, plainSettings(values));
    const publicKeys = Object.entries(jwt.publicKeys).map(([name, pem]) => [`${name}.pem`, pem]);
    add(namesOf(values).publicKeys, Object.fromEntries(publicKeys));
    if (database.ca) add(namesOf(values).databaseCa, { 'ca.pem': database.ca });
    if (redis.ca) add(namesOf(values).redisCa, { 'ca.pem': redis.ca });
  }
}
