import { variable } from './entry.ts';
import { googleProject, oneOf } from './format.ts';

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;
/** What a collector can read. */
export const collectedLogFormats = ['json', 'gcp', 'ecs'] as const;
export const logFormats = [...collectedLogFormats, 'pretty'] as const;

const logLevel = {
  text: 'debug in development, else info',
  of: ({ environment }: { environment: string }) => (environment === 'development' ? 'debug' : 'info'),
};

/** The entries of the log. */
export const logVariables = {
  logLevel: variable('LOG_LEVEL', oneOf(logLevels), logLevel).help(
    'Lowest level of the log lines to write.',
    { example: 'info' },
  ),
  logFormat: variable('LOG_FORMAT', oneOf(logFormats)).help(
    'Form of the log lines: json (docs/logging.md), gcp (Google Cloud Logging), ecs (Elastic Common Schema) or pretty (text for a developer). Without it json, and pretty in development at a terminal.',
    {
      production: {
        accept: (format) => format !== 'pretty',
        fault: 'must be json, gcp or ecs in production, because a collector cannot read pretty',
      },
      example: 'json',
    },
  ),
  cloudProject: variable('GOOGLE_CLOUD_PROJECT', googleProject).help(
    'Id of the Google Cloud project that has the traces. With LOG_FORMAT=gcp it connects each log line with its trace.',
    { example: 'my-project' },
  ),
};
