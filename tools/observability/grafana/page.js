// Runs in the browser: draws a dashboard with the components of Grafana (@grafana/ui), from the JSON that users import and
// the results of its queries. The layout is Grafana's: 24 columns, and rows of 30 pixels with gaps of 8.
import '@fontsource/inter/400.css';
import '@fontsource/inter/500.css';
import '@fontsource/roboto-mono/400.css';
import { createTheme, dateTime } from '@grafana/data';
import { GlobalStyles, Icon, PanelChrome, ThemeContext } from '@grafana/ui';
import { createElement as h, useEffect } from 'react';
import { createRoot } from 'react-dom/client';
import { toFrames } from './fields.js';
import { PanelContent } from './panels.js';

const columns = 24;
const cell = { height: 30, gap: 8 };
const padding = 16;

/** The pixels of a panel in the grid. */
function place({ h: rows, w, x, y }, width) {
  const column = (width - cell.gap * (columns - 1)) / columns;
  return {
    left: Math.round(x * (column + cell.gap)),
    top: y * (cell.height + cell.gap),
    width: Math.round(w * column + (w - 1) * cell.gap),
    height: rows * cell.height + (rows - 1) * cell.gap,
  };
}

function Row({ theme, title }) {
  const style = {
    display: 'flex',
    alignItems: 'center',
    gap: 8,
    height: '100%',
    font: `${theme.typography.fontWeightMedium} 16px ${theme.typography.fontFamily}`,
    color: theme.colors.text.primary,
  };
  return h('div', { style, 'data-row': title }, h(Icon, { name: 'angle-down' }), title);
}

function Bar({ children, theme }) {
  const style = {
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    gap: 8,
    padding: `8px ${padding}px`,
    color: theme.colors.text.primary,
    font: `14px ${theme.typography.fontFamily}`,
  };
  return h('div', { style }, children);
}

function Box({ label, theme, value }) {
  const border = `1px solid ${theme.colors.border.medium}`;
  const part = { padding: '0 10px', lineHeight: '30px', fontSize: 12, whiteSpace: 'nowrap' };
  const name = {
    ...part,
    background: theme.colors.background.secondary,
    border,
    borderRight: 'none',
    fontWeight: 500,
  };
  const text = { ...part, background: theme.components.input.background, border };
  return h(
    'span',
    { style: { display: 'inline-flex' } },
    label && h('span', { style: name }, label),
    h('span', { style: text }, value),
  );
}

/** The bar with the variables, and the one with the title and the time range. */
function Head({ dashboard, theme, timeText, variables }) {
  const shown = (dashboard.templating?.list ?? []).filter(({ hide }) => hide !== 2);
  const title = h('span', { style: { flexGrow: 1, fontSize: 14, fontWeight: 500 } }, dashboard.title);
  const time = h(Box, { theme, value: timeText });
  const boxes = shown.map(({ label, name }) => {
    const value = variables[name] === '.*' || variables[name] === '.+' ? 'All' : variables[name];
    return h(Box, { key: name, theme, label: label || name, value: value ?? '' });
  });
  const links = (dashboard.links ?? []).map((link) => h(Box, { key: link.title, theme, value: link.title }));
  const rule = {
    borderBottom: `1px solid ${theme.colors.border.weak}`,
    background: theme.colors.background.primary,
  };
  return [
    h('div', { key: 'title', style: rule }, h(Bar, { theme }, title, time)),
    h(Bar, { key: 'variables', theme }, boxes, h('span', { style: { flexGrow: 1 } }), links),
  ];
}

const timeRangeOf = ({ end, start }) => {
  const [from, to] = [dateTime(start * 1000), dateTime(end * 1000)];
  return { from, to, raw: { from, to } };
};

/** What Grafana shows beside the title: that there are links, and the own range of a panel. */
function TitleItems({ panel, theme }) {
  const style = {
    color: theme.colors.text.secondary,
    display: 'flex',
    alignItems: 'center',
    gap: 6,
    fontSize: 12,
  };
  const { links = [], timeFrom } = panel;
  const text = timeFrom && `Last ${timeFrom.replace('d', ' days').replace('h', ' hours')}`;
  return h('div', { style }, links.length > 0 && h(Icon, { name: 'external-link-alt', size: 'sm' }), text);
}

function Panel({ drawn, panel, theme, width }) {
  const position = place(panel.gridPos, width);
  const style = { position: 'absolute', ...position };
  if (panel.type === 'row') return h('div', { style }, h(Row, { theme, title: panel.title }));
  const frames = toFrames(panel, drawn.frames[panel.id] ?? [], theme, drawn.ranges[panel.id].step * 1000);
  const titleItems = h(TitleItems, { panel, theme });
  const timeRange = timeRangeOf(drawn.ranges[panel.id]);
  const chrome = {
    title: panel.title,
    description: panel.description,
    titleItems,
    width: position.width,
    height: position.height,
  };
  const content = (innerWidth, innerHeight) =>
    h(PanelContent, {
      annotations: drawn.annotations,
      frames,
      height: innerHeight,
      panel,
      theme,
      timeRange,
      width: innerWidth,
    });
  return h('div', { style }, h(PanelChrome, chrome, content));
}

function Dashboard({ drawn, onDrawn, theme, timeText, width }) {
  useEffect(onDrawn, [onDrawn]);
  const { dashboard } = drawn;
  const rows = Math.max(...dashboard.panels.map(({ gridPos }) => gridPos.y + gridPos.h));
  const grid = {
    position: 'relative',
    margin: `0 ${padding}px`,
    height: rows * (cell.height + cell.gap) + cell.gap,
  };
  const panels = dashboard.panels.map((panel) =>
    h(Panel, { key: panel.id, drawn, panel, theme, width: width - 2 * padding }),
  );
  return h(
    ThemeContext.Provider,
    { value: theme },
    h(GlobalStyles),
    h(Head, { dashboard, theme, timeText, variables: drawn.variables }),
    h('div', { style: grid }, panels),
  );
}

/** Draws a dashboard into the page. Resolves when it is drawn. */
window.drawDashboard = async (drawn, { mode, timeText, width }) => {
  const theme = createTheme({ colors: { mode } });
  document.body.style.cssText = `margin:0;width:${width}px;background:${theme.colors.background.canvas}`;
  await Promise.all(['400', '500'].map((weight) => document.fonts.load(`${weight} 12px Inter`)));
  await new Promise((onDrawn) => {
    createRoot(document.getElementById('root')).render(
      h(Dashboard, { drawn, onDrawn, theme, timeText, width }),
    );
  });
};
