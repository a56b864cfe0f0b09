import type { ContentItem } from '../../lambda/content-installer/content-item.ts';
import type { JsonObject } from '../../lambda/shared/json.ts';
import type { Resources } from './cloudformation.ts';

/** One small item of each kind, as Datadog accepts it. `more` is laid over the body. */

export const pipeline = (more: JsonObject = {}): ContentItem => ({
  kind: 'pipeline',
  key: 'valence',
  body: {
    name: 'Valence Security',
    is_enabled: true,
    filter: { query: 'source:valence-security' },
    processors: [{ type: 'status-remapper', name: 'Status', is_enabled: true, sources: ['level'] }],
    ...more,
  },
});

export const dashboard = (more: JsonObject = {}): ContentItem => ({
  kind: 'dashboard',
  key: 'overview',
  body: {
    title: 'Valence overview',
    description: 'What happened.',
    layout_type: 'ordered',
    tags: ['team:security'],
    widgets: [{ definition: { type: 'note', content: 'Größe – 量' } }],
    ...more,
  },
});

export const rule = (more: JsonObject = {}): ContentItem => ({
  kind: 'rule',
  key: 'several-alerts',
  body: {
    type: 'log_detection',
    name: 'Several high alerts for one actor',
    isEnabled: true,
    queries: [{ name: 'a', query: 'source:valence-security', aggregation: 'count' }],
    options: {
      detectionMethod: 'threshold',
      evaluationWindow: 3600,
      keepAlive: 3600,
      maxSignalDuration: 86_400,
    },
    cases: [{ name: 'many', status: 'high', condition: 'a > 3' }],
    message: '## Goal\nFind them.',
    tags: ['source:valence-security'],
    ...more,
  },
});

export const monitor = (more: JsonObject = {}): ContentItem => ({
  kind: 'monitor',
  key: 'lag',
  body: {
    type: 'log alert',
    name: 'Valence forwarder lags',
    query: 'logs("source:valence-forwarder lag:warn").index("*").rollup("count").last("1h") > 0',
    message: 'The forwarder is behind.',
    priority: 3,
    ...more,
  },
});

/** The properties of an item's resource, as the stack gives them. */
export const propertiesOf = ({ kind, key, body }: ContentItem): Record<string, string> => ({
  ServiceToken: 'arn:aws:lambda:eu-west-1:111122223333:function:installer',
  Kind: kind,
  Key: key,
  Body: JSON.stringify(body),
});

/** One item of each kind. */
export const ALL_ITEMS: readonly ContentItem[] = [pipeline(), dashboard(), rule(), monitor()];

/** Items as resources of a template, under logical ids of kind and key. */
export const resourcesOf = (...items: readonly ContentItem[]): Resources =>
  Object.fromEntries(items.map((item) => [`${item.kind}/${item.key}`, propertiesOf(item)]));
