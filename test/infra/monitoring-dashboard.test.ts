import { Match, type Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { RUN_METRICS, STREAM_METRICS } from '../../lambda/contract.ts';
import { monitoredTemplate, pagesOf, textOf } from './monitored.ts';

describe('the dashboard', () => {
  const bodyOf = (template: Template) => {
    const [dashboard] = Object.values(template.findResources('AWS::CloudWatch::Dashboard'));
    // The region stands where a reference was taken out.
    return JSON.parse(textOf(dashboard?.Properties.DashboardBody)) as { widgets: Widget[] };
  };
  interface Widget {
    type: string;
    properties: { title?: string; metrics?: unknown[][]; alarms?: string[]; markdown?: string };
  }
  const shown = (template: Template) =>
    new Set(bodyOf(template).widgets.flatMap(({ properties }) => properties.metrics?.map((m) => m[1]) ?? []));

  it('shows every metric of the forwarder, and those that drive the bill', () => {
    expect([...shown(monitoredTemplate())]).toEqual(
      expect.arrayContaining([
        ...Object.keys(RUN_METRICS).filter((name) => name !== 'NotSetUp'),
        ...Object.keys(STREAM_METRICS),
        'Duration',
        'Invocations',
        'ConsumedReadCapacityUnits',
        'ConsumedWriteCapacityUnits',
        'IncomingBytes',
        'InvocationDroppedCount',
        'NumberOfMessagesSent',
      ]),
    );
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
    expect(texts.join('\n')).toContain('export STACK=Watched AWS_REGION=<AWS::Region>\n');
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
