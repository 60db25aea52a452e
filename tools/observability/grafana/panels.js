// Runs in the browser. See fields.js.
import { getDisplayValueAlignmentFactors, getFieldDisplayValues } from '@grafana/data';
import { BarGauge, BigValue, Gauge, TimeSeries, VizRepeater } from '@grafana/ui';
import { createElement as h, useLayoutEffect } from 'react';

const keepText = (text) => text;

function displayValues({ frames, panel, theme }, sparkline) {
  return getFieldDisplayValues({
    fieldConfig: panel.fieldConfig,
    reduceOptions: panel.options?.reduceOptions ?? { calcs: ['lastNotNull'] },
    replaceVariables: keepText,
    data: frames,
    theme,
    sparkline,
    timeZone: 'utc',
  });
}

/** Repeats a component of Grafana for each value of a panel. */
function repeated(props, hasSparkline, component) {
  const { height, panel, width } = props;
  return h(VizRepeater, {
    getValues: () => displayValues(props, hasSparkline),
    getAlignmentFactors: getDisplayValueAlignmentFactors,
    renderValue: component,
    width,
    height,
    source: props.frames,
    itemSpacing: 3,
    renderCounter: 0,
    autoGrid: true,
    orientation: panel.options?.orientation ?? 'auto',
  });
}

function StatPanel(props) {
  const { panel, theme } = props;
  const {
    colorMode = 'value',
    graphMode = 'none',
    justifyMode = 'auto',
    textMode = 'auto',
  } = panel.options ?? {};
  return repeated(props, graphMode !== 'none', ({ alignmentFactors, count, height, value, width }) =>
    h(BigValue, {
      value: value.display,
      sparkline: graphMode === 'none' ? undefined : value.sparkline,
      text: panel.options?.text,
      count,
      colorMode,
      graphMode,
      justifyMode,
      textMode,
      alignmentFactors,
      width,
      height,
      theme,
    }),
  );
}

function GaugePanel(props) {
  const { panel, theme } = props;
  return repeated(props, false, ({ height, value, width }) =>
    h(Gauge, {
      value: value.display,
      field: value.field,
      text: panel.options?.text,
      showThresholdLabels: false,
      showThresholdMarkers: panel.options?.showThresholdMarkers ?? true,
      width,
      height,
      theme,
    }),
  );
}

function BarGaugePanel(props) {
  const { panel, theme } = props;
  return repeated(props, false, ({ alignmentFactors, height, orientation, value, width }) =>
    h(BarGauge, {
      value: value.display,
      field: value.field,
      display: value.view?.getFieldDisplayProcessor?.(value.colIndex),
      displayMode: panel.options?.displayMode ?? 'gradient',
      alignmentFactors,
      orientation,
      width,
      height,
      theme,
    }),
  );
}

/** Draws a dashed line at each annotation, with the triangle that Grafana puts on the time axis. */
function Annotations({ annotations, config, theme }) {
  useLayoutEffect(() => {
    config.addHook('draw', (plot) => {
      const { ctx } = plot;
      const { height, left, top, width } = plot.bbox;
      ctx.save();
      for (const { color, times } of annotations) {
        ctx.strokeStyle = theme.visualization.getColorByName(color);
        ctx.fillStyle = ctx.strokeStyle;
        ctx.lineWidth = devicePixelRatio;
        ctx.setLineDash([4 * devicePixelRatio, 3 * devicePixelRatio]);
        for (const time of times) {
          const x = Math.round(plot.valToPos(time, 'x', true));
          if (x < left || x > left + width) continue;
          ctx.beginPath();
          ctx.moveTo(x, top);
          ctx.lineTo(x, top + height);
          ctx.stroke();
          const size = 4 * devicePixelRatio;
          ctx.beginPath();
          ctx.moveTo(x, top + height);
          ctx.lineTo(x - size, top + height + size);
          ctx.lineTo(x + size, top + height + size);
          ctx.fill();
        }
      }
      ctx.restore();
    });
  }, [annotations, config, theme]);
  return null;
}

function TimeSeriesPanel({ annotations, frames, height, panel, theme, timeRange, width }) {
  const legend = {
    showLegend: true,
    displayMode: 'list',
    placement: 'bottom',
    calcs: [],
    ...panel.options?.legend,
  };
  return h(
    TimeSeries,
    { frames, structureRev: 1, timeRange, timeZone: 'utc', width, height, legend, options: panel.options },
    (config) => h(Annotations, { annotations, config, theme }),
  );
}

function NoData({ panel }) {
  const style = { display: 'flex', height: '100%', alignItems: 'center', justifyContent: 'center' };
  return h('div', { style }, panel.fieldConfig?.defaults.noValue ?? 'No data');
}

const kinds = { stat: StatPanel, timeseries: TimeSeriesPanel, gauge: GaugePanel, bargauge: BarGaugePanel };

/** The content of a panel, drawn by the component that Grafana uses for its type. */
export function PanelContent(props) {
  const kind = kinds[props.panel.type];
  if (!kind) throw new Error(`panels of the type ${props.panel.type} are not supported`);
  return props.frames.length === 0 ? h(NoData, props) : h(kind, props);
}
