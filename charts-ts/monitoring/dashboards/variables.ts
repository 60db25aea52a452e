import { namesOf } from '../../names.ts';
import type { Values } from '../../values/schema.ts';
import { seriesLabels } from '../promql.ts';
import type { Json, VariableModel } from './grafana-types.ts';

/** Variables that are not labels of the installation. A label of the same name is no variable. */
const others = ['datasource', 'deployment', 'pod', 'logs', 'traces'];

/** The variable that chooses the Prometheus. */
export const prometheus = { type: 'prometheus', uid: '$datasource' } as const;

/** Any pod. Grafana uses it for the choice "All". */
const allPods = '.*';

/**
 * The labels that tell installations apart, and their values of this one. The namespace limits the jobs that can be chosen, so
 * it comes before them, and a cluster before both.
 */
function installationLabels(values: Values): (readonly [label: string, value: string])[] {
  const order = ({ 0: label }: readonly string[]): number => ['namespace', 'job'].indexOf(label ?? '');
  return Object.entries(seriesLabels(values)).sort((a, b) => order(a) - order(b));
}

const matcherOf = ([label, value]: readonly [string, string]): string =>
  `${label}=${others.includes(label) ? JSON.stringify(value) : `"$${label}"`}`;

/**
 * Label matchers, without braces, of the series of the chosen installation as a whole: of what its rules record, and of facts
 * that one pod reports for all.
 */
export const selectedInstallation = (values: Values): string =>
  installationLabels(values).map(matcherOf).join(',');

/** Label matcher of the pods that a viewer chooses. */
export const podMatcher = 'pod=~"$pod"';

/** The same for what each pod reports of itself. */
export const selectedPods = (values: Values): string => `${selectedInstallation(values)},${podMatcher}`;

/** Label matchers, without braces, of series of Kubernetes in the chosen namespace. */
export const selectedNamespace = (values: Values): string =>
  installationLabels(values)
    .filter(([label]) => label !== 'job')
    .map(matcherOf)
    .join(',');

/**
 * Label matchers of a container in the chosen pods. Other installations may be in the namespace, and their container of the API
 * has the same name. Pods are called after their Deployment and two hashes.
 */
export const selectedContainers = (values: Values, container: string): string =>
  `${selectedNamespace(values)},container="${container}",pod=~"$deployment-[^-]+-[^-]+",${podMatcher}`;

/** The value of each variable before a viewer chooses another one, by name. */
export function variableDefaults(values: Values): Readonly<Record<string, string>> {
  return { ...Object.fromEntries(installationLabels(values)), deployment: namesOf(values).app, pod: allPods };
}

/** Replaces variables as Grafana does. @param variables values by name; `__rate_interval` is one of them */
export function resolveVariables(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replace(/\$(\w+)/g, (whole, name: string) => variables[name] ?? whole);
}

const onDashboardLoad = 1;
const onTimeRangeChanged = 2;
const alphabetical = 1;
const isHidden = 2;

/** A variable whose choices are the values of a label. */
function labelVariable(
  name: string,
  query: string,
  value: string,
  more: Partial<Json<VariableModel>>,
): Json<VariableModel> {
  return {
    type: 'query',
    name,
    datasource: prometheus,
    query,
    refresh: onDashboardLoad,
    sort: alphabetical,
    current: { selected: true, text: value, value },
    ...more,
  };
}

/** A variable that chooses a data source of a type. */
export const dataSourceVariable = (name: string, label: string, type: string): Json<VariableModel> => ({
  type: 'datasource',
  name,
  label,
  query: type,
});

/** Data source, installation and pods. One dashboard thereby serves several installations. */
export function installationVariables(values: Values): Json<VariableModel>[] {
  const labels = installationLabels(values).filter(([label]) => !others.includes(label));
  const chosen = (count: number): string => labels.slice(0, count).map(matcherOf).join(',');
  const selector = selectedInstallation(values);
  const { deployment = '' } = variableDefaults(values);
  return [
    dataSourceVariable('datasource', 'Prometheus', 'prometheus'),
    ...labels.map(([label, value], index) =>
      labelVariable(label, `label_values(auth_build_info{${chosen(index)}}, ${label})`, value, {
        label: label.charAt(0).toUpperCase() + label.slice(1),
      }),
    ),
    labelVariable('deployment', `label_values(up{${selector}}, pod)`, deployment, {
      description: 'The Deployment of the chosen job, from the names of its pods',
      regex: '/^(.+)-[^-]+-[^-]+$/',
      refresh: onTimeRangeChanged,
      hide: isHidden,
    }),
    labelVariable('pod', `label_values(up{${selector}}, pod)`, '$__all', {
      label: 'Pod',
      refresh: onTimeRangeChanged,
      multi: true,
      includeAll: true,
      allValue: allPods,
      current: { selected: true, text: ['All'], value: ['$__all'] },
    }),
  ];
}
