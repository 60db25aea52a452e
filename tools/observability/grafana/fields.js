// Runs in the browser. tsc does not check this folder, because its packages are installed only for the pictures.
import { FieldType, getDisplayProcessor, toDataFrame } from '@grafana/data';
import { set } from 'lodash';

/** What the time series panel of Grafana assumes for options that the JSON of a dashboard omits. */
const timeSeriesDefaults = {
  drawStyle: 'line',
  lineInterpolation: 'linear',
  lineWidth: 1,
  fillOpacity: 0,
  gradientMode: 'none',
  spanNulls: false,
  showPoints: 'auto',
  pointSize: 5,
  stacking: { mode: 'none', group: 'A' },
  axisPlacement: 'auto',
  axisLabel: '',
  axisColorMode: 'text',
  axisBorderShow: false,
  scaleDistribution: { type: 'linear' },
  thresholdsStyle: { mode: 'off' },
  hideFrom: { legend: false, tooltip: false, viz: false },
};

const matchers = {
  byName: (name, series) => series.legend === name,
  byRegexp: (pattern, series) => new RegExp(pattern.replace(/^\/|\/$/g, '')).test(series.legend),
  byFrameRefID: (refId, series) => series.refId === refId,
};

/** The options of one line: the defaults of its panel, and the overrides that match it. */
function configOf(panel, series) {
  const { defaults = {}, overrides = [] } = panel.fieldConfig ?? {};
  const isSeries = panel.type === 'timeseries';
  const config = {
    ...structuredClone(defaults),
    color: defaults.color ?? { mode: isSeries ? 'palette-classic' : 'thresholds' },
    custom: isSeries ? { ...timeSeriesDefaults, ...structuredClone(defaults.custom ?? {}) } : {},
    displayNameFromDS: series.legend,
  };
  for (const { matcher, properties } of overrides) {
    const matches = matchers[matcher.id];
    if (!matches) throw new Error(`overrides with the matcher ${matcher.id} are not supported`);
    if (!matches(matcher.options, series)) continue;
    for (const { id, value } of properties) set(config, id, structuredClone(value));
  }
  return config;
}

/**
 * The results of a panel as the data frames of Grafana, with their options applied.
 * @param interval milliseconds between two values; a longer distance is a gap of the line
 */
export function toFrames(panel, found, theme, interval) {
  return found.map((series, index) => {
    const frame = toDataFrame({
      refId: series.refId,
      name: series.legend,
      fields: [
        { name: 'Time', type: FieldType.time, values: series.times, config: { interval } },
        {
          name: 'Value',
          type: FieldType.number,
          values: series.values,
          labels: series.labels,
          config: configOf(panel, series),
        },
      ],
    });
    for (const field of frame.fields) {
      field.state = { ...field.state, seriesIndex: index };
      field.display = getDisplayProcessor({ field, theme, timeZone: 'utc' });
    }
    return frame;
  });
}
