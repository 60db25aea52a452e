import { type Config, type Environment, type Secret, secretVariables } from '../../config/config.ts';
import { type Finding, failed } from '../checks/check.ts';
import type { DoctorCheck } from './checks/fault-check.ts';
import type { DoctorContext } from './doctor-context.ts';

/** Shorter texts are no secrets, and would be replaced inside of words. */
const shortestSecret = 4;

/** The password of a URL, as it is written and decoded. */
function passwordsOf(text: string): string[] {
  return text.split(',').flatMap((part) => {
    const [, written = ''] = /^[^:]+:\/\/[^:@/]*:([^@/]*)@/.exec(part) ?? [];
    try {
      return [written, decodeURIComponent(written)];
    } catch {
      return [written];
    }
  });
}

const isSecret = (value: unknown): value is Secret => typeof value === 'function';

/** Every secret of the configuration, whichever variable or file it comes from. */
function secretsOf(config: Config, env: Environment): string[] {
  const groups = Object.values(config).filter((group) => typeof group === 'object' && group !== null);
  const fromConfig = groups.flatMap((group) =>
    Object.values(group)
      .filter(isSecret)
      .map((secret) => secret()),
  );
  const fromEnvironment = [...secretVariables, 'DATABASE_URL'].map((name) => env[name]?.trim() ?? '');
  return [...fromConfig, ...fromEnvironment];
}

/**
 * Replaces every secret of the configuration in a text. No check prints one on purpose: this is the second line of defence,
 * for messages of servers and of Node.js.
 */
export function createRedaction(config: Config, env: Environment): (text: string) => string {
  const texts = secretsOf(config, env).flatMap((text) => [text, ...passwordsOf(text), ...text.split('\n')]);
  const secrets = [...new Set(texts)]
    .filter((text) => text.length >= shortestSecret && !/^-----/.test(text))
    .sort((one, other) => other.length - one.length);
  return (text) =>
    secrets.reduce((result, secret) => result.replaceAll(secret, '[redacted]'), text).replaceAll(/\s+/g, ' ');
}

/** Each use reads the files of all secrets, so one run of the doctor uses one. */
const redactions = new WeakMap<DoctorContext, (text: string) => string>();

function redactionOf(context: DoctorContext): (text: string) => string {
  const known = redactions.get(context) ?? createRedaction(context.config, context.env);
  redactions.set(context, known);
  return known;
}

/** The same check, whose finding contains no secret, also if it throws. */
export function redacted(check: DoctorCheck): DoctorCheck {
  return {
    ...check,
    async run(context) {
      const redact = redactionOf(context);
      const fix = 'Correct what the message says, and run the doctor again';
      const finding: Finding = await check
        .run(context)
        .catch((error) =>
          failed(`The check could not be made: ${error instanceof Error ? error.message : error}`, fix),
        );
      return {
        ...finding,
        message: redact(finding.message),
        ...(finding.fix && { fix: redact(finding.fix) }),
      };
    },
  };
}
