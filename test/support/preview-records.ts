import type { PreviewInput } from '../../tools/preview/data/preview-logs.ts';
import { NOW } from './outside-world.ts';

const MARKUP = '<img src=x onerror="document.title=1">';

/** Records with markup in every field that a page shows. */
export const UNSAFE: readonly PreviewInput[] = [
  {
    stream: 'audit-logs',
    record: {
      actor: `${MARKUP}@example.com`,
      action: `<b onclick="x">User</b> signed in`,
      success: true,
      ipAddress: '192.0.2.7"><svg onload=1>',
      details: '<script>document.title = 1</script> {{constructor}} [link](javascript:alert(1))',
      timeEpoch: NOW,
    },
  },
  {
    stream: 'alerts',
    record: {
      vuid: `${MARKUP}1`,
      status: '<i>Open</i>',
      creationTimestamp: NOW,
      alertType: { name: `${MARKUP} name`, severity: 'High"><script>1</script>' },
      events: [
        {
          eventId: '1',
          eventTime: NOW,
          actor: { name: MARKUP, email: `${MARKUP}@example.com` },
          action: { actionName: '<u>did</u>' },
          ip: '192.0.2.8',
          connectorDisplayName: '<s>Okta</s>',
        },
      ],
    },
  },
];
