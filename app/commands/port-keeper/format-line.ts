import { ecsFormat } from '../../observe/formats/ecs-format.ts';
import { gcpFormat } from '../../observe/formats/gcp-format.ts';
import {
  jsonFormat,
  type LevelName,
  type LineFields,
  type LineFormat,
} from '../../observe/formats/line-format.ts';

/** Without the table of events, which the port keeper would load for these few lines only. */
const kinds = {
  port_kept: { category: 'process', type: ['start'] },
  port_not_kept: { category: 'process', type: ['end'] },
};

function formatOf({ GOOGLE_CLOUD_PROJECT, LOG_FORMAT }: NodeJS.ProcessEnv): LineFormat {
  const source = { version: undefined, project: GOOGLE_CLOUD_PROJECT?.trim() };
  const name = LOG_FORMAT?.trim();
  if (name === 'gcp') return gcpFormat(source);
  return name === 'ecs' ? ecsFormat(source, kinds) : jsonFormat;
}

/** One line of the port keeper, in the format of the log of the service (LOG_FORMAT). */
export function formatLine(
  env: NodeJS.ProcessEnv,
  level: LevelName,
  fields: LineFields,
  message: string,
): string {
  const { base, level: levelOf, messageKey, timeKey, ...format } = formatOf(env);
  const time = { [timeKey]: new Date().toISOString() };
  return JSON.stringify({
    ...levelOf(level),
    ...time,
    ...base,
    ...format.fields(fields, level, null),
    [messageKey]: message,
  });
}
