import { type Command, InvalidArgumentError, Option } from 'commander';
import { duration } from '../../config/format.ts';
import type { Selection } from './selection.ts';

export const formats = ['table', 'short', 'json', 'junit'] as const;
export type ReportFormat = (typeof formats)[number];

/** What `addCheckOptions` adds to the options of a command. */
export interface CheckOptions extends Selection {
  readonly list?: boolean;
  /** Milliseconds. */
  readonly wait?: number;
  readonly output: ReportFormat;
  readonly json?: boolean;
}

function ids(text: string, earlier: readonly string[] = []): readonly string[] {
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  if (names.length === 0) throw new InvalidArgumentError('It must be a comma list of ids of checks.');
  return [...earlier, ...names];
}

const waitTime = duration('1s', '1h');

function waitOf(text: string): number {
  const parsed = waitTime.safeParse(text);
  if (!parsed.success) throw new InvalidArgumentError(`It must be ${waitTime.description}.`);
  return parsed.data;
}

/** Adds the options that `verify` and `doctor` have in common. */
export function addCheckOptions(command: Command): Command {
  return command
    .option('--only <ids>', 'run these checks only, and those that they need (comma list)', ids)
    .option('--skip <ids>', 'leave these checks out (comma list)', ids)
    .option('--list', 'list the checks, and run none')
    .option(
      '--wait <duration>',
      'repeat failed checks until they pass, at most for this time (5m, 90s)',
      waitOf,
    )
    .addOption(new Option('-o, --output <format>', 'format of the report').choices(formats).default('table'))
    .option('--json', 'the same as -o json');
}

/** The format that the options ask for. */
export const formatOf = ({ json, output }: Pick<CheckOptions, 'json' | 'output'>): ReportFormat =>
  json ? 'json' : output;
