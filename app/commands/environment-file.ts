import { existsSync } from 'node:fs';

/** Reads the variables of the file .env, if there is one. A variable that is set already keeps its value. */
export function loadEnvironmentFile(): void {
  if (existsSync('.env')) process.loadEnvFile('.env');
}
