import { apiContainer } from '../../names.ts';
import type { Values } from '../../values/schema.ts';
import type { LogsQuery } from './panel.ts';
import { selectedNamespace } from './variables.ts';

type LogFormat = Values['logFormat'];

/**
 * The labels that the parser `json` of Loki makes of a line, where they are not the names of docs/logging.md. It joins the names of
 * nested fields by an underscore, and replaces a dot by one. test/charts/dashboard-logs.test.ts compares them with the log.
 */
const labelsOf: Readonly<Record<LogFormat, Readonly<Record<string, string>>>> = {
  json: {},
  gcp: { level: 'severity' },
  ecs: {
    event: 'event_code',
    level: 'log_level',
    outcome: 'event_outcome',
    route: 'url_path',
    status: 'http_response_status_code',
  },
};

/** The condition with the labels of a format. Cloud Logging has its own names of levels, in capitals. */
function conditionIn(format: LogFormat, condition: string): string {
  const labels = labelsOf[format];
  return condition.replace(
    /(\w+)( (?:!=|=~|[<>]=?|=) )("[^"]*")?/g,
    (_, field: string, operator: string, text = '') => {
      const isLevelOfCloud = format === 'gcp' && field === 'level';
      return `${labels[field] ?? field}${operator}${isLevelOfCloud ? text.toUpperCase() : text}`;
    },
  );
}

/** LogQL for the lines of the chosen installation. */
export function lokiQuery(
  values: Values,
  { condition, routes }: Pick<LogsQuery, 'condition' | 'routes'>,
): object {
  const stream = `{${selectedNamespace(values)},container="${apiContainer}"}`;
  const ofRoutes = routes ? ` and route =~ ${JSON.stringify(routes)}` : '';
  const conditions = conditionIn(values.logFormat, `${condition}${ofRoutes}`);
  return { expr: `${stream} | json | ${conditions}`, queryType: 'range' };
}
