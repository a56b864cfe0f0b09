import { expect, it } from 'vitest';
import { parseProject } from '../../../infra/project/project.ts';
import { packedPage } from '../../../packaging/page.ts';

const PAGE =
  '[Upgrade](upgrade.md#go-back), [changes](../CHANGELOG.md), [below](#below), [AWS](https://aws.example), <!-- x -->';

it('links to other pages lead to those of the version', () => {
  const project = parseProject('{"repository":"https://host.example/a/b"}');

  expect(packedPage('docs/package.md', PAGE, '1.2.3', project)).toBe(
    '[Upgrade](https://host.example/a/b/blob/v1.2.3/docs/upgrade.md#go-back), [changes](https://host.example/a/b/blob/v1.2.3/CHANGELOG.md), [below](#below), [AWS](https://aws.example), <!-- x -->',
  );
});

it('links to other pages are plain words while the repository has no address', () => {
  expect(packedPage('docs/package.md', PAGE, '1.2.3', parseProject('{}'))).toBe(
    'Upgrade, changes, [below](#below), [AWS](https://aws.example), <!-- x -->',
  );
});
