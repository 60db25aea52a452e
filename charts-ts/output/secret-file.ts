import type { Values } from '../values/schema.ts';
export class SecretsError extends Error {}
export function readSecrets(_path: string, _values: Values): string { return ''; }
export function writeSecretFile(_text: string, _cloud: string): void {}
