import { expect, it } from 'vitest';
import { filledLink } from '../../../../tools/preview/page/boards/filled-link.ts';

it('a value with half of a surrogate pair has a link', () => {
  const board = { variables: [], frame: { from: 0, to: 1 } };
  const link = filledLink('/logs?query=@usr.name:"{{@usr.name.value}}"', {
    facet: '@usr.name',
    value: 'x\ud800y "z"',
    board,
  });

  expect(decodeURIComponent(link)).toBe('/logs?query=@usr.name:"x\ufffdy \\"z\\""');
});
