import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ROUTES } from '../../infra/constructs/monitoring/pages.ts';
import { alarmsIn } from '../support/cloudwatch/template-alarms.ts';
import { alarmsOf, monitoredTemplate, textOf } from './monitored.ts';

/** The table of alarms in docs/metrics.md: of each alarm, what it notifies as, and what is raised with it. */
const rows = readFileSync('docs/metrics.md', 'utf8')
  .split('\n')
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .filter((cells) => cells.length === 8 && cells[1]?.startsWith('`'))
  .map((cells) => ({
    alarm: /`([a-z-]+)`/.exec(cells[1] ?? '')?.[1] ?? '',
    notifies: cells[5] ?? '',
    together: cells[6],
  }));

const routeIn = (cell: string) => /^`([a-z]+)`/.exec(cell)?.[1] ?? 'none';

it('names every alarm with the notification that it belongs to', () => {
  const documented = Object.fromEntries(rows.map(({ alarm, notifies }) => [alarm, routeIn(notifies)]));
  const { 'not-set-up': _, ...routes } = ROUTES;
  expect(documented).toEqual(routes);
});

it('names for each alarm what is raised together with it', () => {
  for (const { together } of rows) expect(together).not.toBe('');
});

it('the composite alarms are raised by just these alarms', () => {
  const { composites, metricAlarms } = alarmsIn(monitoredTemplate(), (name) => name.replace(/^Watched-/, ''));
  for (const { name, kind } of metricAlarms.map(({ name }) => ({
    name,
    kind: name.replace(/-(alerts|audit-logs)$/, ''),
  }))) {
    const raisedBy = composites
      .filter(({ rule }) => rule((alarm) => (alarm === name ? 'ALARM' : 'OK')))
      .map((composite) => composite.name);
    const route = ROUTES[kind as keyof typeof ROUTES];
    expect(raisedBy, name).toEqual(route === 'none' || route === 'itself' ? [] : [route]);
  }
});

it('the alarms below the composite ones have no actions', () => {
  const alarms = Object.values(alarmsOf(monitoredTemplate({ alarmEmail: 'oncall@example.com' })));
  const own = alarms.filter(({ AlarmActions }) => AlarmActions).map(({ AlarmName }) => textOf(AlarmName));
  expect(own).toEqual(['Watched-not-set-up']);
});
