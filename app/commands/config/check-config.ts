import { type CommandName, ConfigError, parseConfig } from '../../config/config.ts';
import type { Environment } from '../../config/reader.ts';
import { misspelledVariables } from './effective-variables.ts';

/** What the parser of the configuration says of a command. A fault stops the command, and a warning does not. */
export interface ConfigCheck {
  readonly faults: readonly string[];
  readonly warnings: readonly string[];
}

/** Names variables, never their values. */
export function checkConfig(env: Environment, command: CommandName): ConfigCheck {
  const typos = misspelledVariables(env).map(
    ({ known, name }) => `${name} is no variable of the service: did you mean ${known}?`,
  );
  try {
    const { warnings } = parseConfig(env, undefined, undefined, command);
    const unread = warnings.map((fault) => `${fault} (${command} does not read this variable)`);
    return { faults: [], warnings: [...unread, ...typos] };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { faults: error.faults, warnings: typos };
  }
}
