import type { Values } from '../../values/schema.ts';
import type { AnnotationQuery, Json, PrometheusAnnotation } from './grafana-types.ts';
import { prometheus, selectedInstallation, selectedPods } from './variables.ts';

/** What people write on graphs by hand. Grafana adds it to a dashboard without it. */
const byHand: Json<AnnotationQuery> = {
  builtIn: 1,
  name: 'Annotations & Alerts',
  type: 'dashboard',
  datasource: { type: 'grafana', uid: '-- Grafana --' },
  enable: true,
  hide: true,
  iconColor: 'rgba(0, 211, 255, 1)',
};

function annotation(
  name: string,
  expr: string,
  more: Partial<PrometheusAnnotation> & Pick<PrometheusAnnotation, 'iconColor' | 'titleFormat'>,
): PrometheusAnnotation {
  const plain = { datasource: prometheus, enable: true, hide: false, step: '60s', textFormat: '' };
  return { name, expr, useValueForTime: false, ...plain, ...more };
}

/** Firing alerts, new versions, and starts of pods as marks in all graphs of a dashboard. */
export function annotations(values: Values): (Json<AnnotationQuery> | PrometheusAnnotation)[] {
  const installation = selectedInstallation(values);
  const firing = (severity: string): string =>
    `max by (alertname) (ALERTS{${installation},alertstate="firing",${severity}})`;
  const versions = `max by (version) (auth_build_info{${installation}}`;
  return [
    byHand,
    annotation('Pages', firing('severity="critical"'), {
      iconColor: 'red',
      titleFormat: '{{alertname}}',
    }),
    annotation('Tickets', firing('severity!="critical"'), {
      iconColor: 'orange',
      titleFormat: '{{alertname}}',
    }),
    // A deploy is marked for the ten minutes after the first pod of a version that no pod had.
    annotation('Deploys', `${versions}) unless ${versions} offset 10m)`, {
      iconColor: 'blue',
      titleFormat: 'Version {{version}}',
    }),
    // Deploys of a configuration, restarts and new pods of the autoscaler. Too many marks to show without a question.
    annotation('Pod starts', `max by (pod) (process_start_time_seconds{${selectedPods(values)}}) * 1000`, {
      iconColor: 'purple',
      titleFormat: 'Start of {{pod}}',
      useValueForTime: true,
      enable: false,
    }),
  ];
}
