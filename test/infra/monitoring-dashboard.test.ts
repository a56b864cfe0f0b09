import { Duration } from 'aws-cdk-lib';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { ALARM_METRICS, RUN_METRICS, STREAM_METRICS } from '../../lambda/contract.ts';
import { monitoredTemplate, pagesOf, referenceTo, textOf } from './monitored.ts';

describe('the dashboard', () => {
  const bodyOf = (template: Template) => {
    const [dashboard] = Object.values(template.findResources('AWS::CloudWatch::Dashboard'));
    // The region stands where a reference was taken out.
    return JSON.parse(textOf(dashboard?.Properties.DashboardBody)) as { widgets: Widget[] };
  };
  interface Widget {
    type: string;
    properties: {
      title?: string;
      metrics?: unknown[][];
      alarms?: string[];
      markdown?: string;
      query?: string;
    };
  }
  const shown = (template: Template) =>
    new Set(bodyOf(template).widgets.flatMap(({ properties }) => properties.metrics?.map((m) => m[1]) ?? []));

  const queriesOf = (template: Template) =>
    bodyOf(template).widgets.flatMap(({ properties }) => properties.query ?? []);
  const OWN = [...Object.keys(RUN_METRICS), ...Object.keys(STREAM_METRICS)].filter(
    (name) => name !== 'NotSetUp',
  );
  const COSTS = [
    'Duration',
    'Invocations',
    'ConsumedReadCapacityUnits',
    'ConsumedWriteCapacityUnits',
    'IncomingBytes',
    'InvocationDroppedCount',
    'NumberOfMessagesSent',
  ];

  it('shows every value of the forwarder, from a metric or from the log, and what drives the bill', () => {
    const template = monitoredTemplate();
    const queries = queriesOf(template).join('\n');
    const fromLog = OWN.filter((name) => new RegExp(`\\(${name}\\)`).test(queries));
    expect([...shown(template), ...fromLog]).toEqual(expect.arrayContaining([...OWN, ...COSTS]));
  });

  it('has a graph of no metric that the function does not send', () => {
    const ours = [...shown(monitoredTemplate())].filter((name) => OWN.includes(String(name)));
    for (const name of ours) expect(Object.keys(ALARM_METRICS)).toContain(name);
  });

  it('with all metrics draws every value from its metric, and asks nothing of the log', () => {
    const template = monitoredTemplate({ config: { allMetrics: true } });
    expect([...shown(template)]).toEqual(expect.arrayContaining([...OWN, ...COSTS]));
    expect(queriesOf(template)).toEqual([]);
  });

  it('reads the log of the function, a point for each run at least', () => {
    const queryOf = (interval: Duration) =>
      queriesOf(monitoredTemplate({ interval })).find((query) => query.includes('audit-logs'));
    expect(queryOf(Duration.minutes(5))).toBe(
      [
        `SOURCE '<${referenceTo(monitoredTemplate(), 'AWS::Logs::LogGroup', 'Log')}>' | filter ispresent(RecordsFetched) and stream = "audit-logs"`,
        'stats sum(RecordsFetched), sum(LogsForwarded), sum(LogsQuarantined) by bin(5m)',
      ].join('\n| '),
    );
    expect(queryOf(Duration.minutes(60))).toContain('by bin(60m)');
    expect(queryOf(Duration.minutes(90))).toContain('by bin(2h)');
  });

  it('shows the state of every alarm', () => {
    const template = monitoredTemplate();
    const status = bodyOf(template).widgets.find(({ type }) => type === 'alarm');
    expect(status?.properties.alarms).toHaveLength(
      Object.keys(template.findResources('AWS::CloudWatch::Alarm')).length + pagesOf(template).length,
    );
  });

  it('ends with the runbook, without links into the repository, unless that has an address', () => {
    const texts = bodyOf(monitoredTemplate()).widgets.map(({ properties }) => properties.markdown ?? '');
    for (const heading of ['### Errors', '### Not set up', '### Unseen', '### Rotate a key']) {
      expect(texts.filter((text) => text.startsWith(`${heading}\n`))).toHaveLength(1);
    }
    expect(texts.join('\n')).not.toMatch(/\]\((?!https:)/);
    expect(texts.join('\n')).toContain('export STACK=Watched AWS_REGION=<AWS::Region> OUTPUTS=\n');
    const north = bodyOf(monitoredTemplate({ more: () => ({ outputPrefix: 'North' }) })).widgets;
    expect(JSON.stringify(north)).toContain('AWS_REGION=<AWS::Region> OUTPUTS=North\\n');
    const linked = bodyOf(monitoredTemplate({ runbookUrl: 'https://wiki.example/forwarder' })).widgets;
    expect(linked.filter(({ type }) => type === 'text')).toHaveLength(1);
  });

  it('leaves out a stream that is off', () => {
    const body = JSON.stringify(bodyOf(monitoredTemplate({ config: { streams: ['audit-logs'] } })));
    expect(body).toContain('WatermarkAge audit-logs');
    expect(body).not.toContain('WatermarkAge alerts');
  });

  it('has no fixed name, because all regions of an account would share it', () => {
    monitoredTemplate().hasResourceProperties('AWS::CloudWatch::Dashboard', {
      DashboardName: Match.absent(),
    });
  });
});
