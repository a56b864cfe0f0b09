import type { Mutant } from '../mutant.ts';

/** Bugs in the installer of the Datadog content. */
export const INSTALLER: readonly Mutant[] = [
  {
    name: 'mark-replaces-text',
    what: 'The ownership mark replaces the own text of an item.',
    file: 'lambda/content-installer/mark.ts',
    find: `\`\${note}\\n\\n\${sentence}\``,
    replace: 'sentence',
    caughtBy: [
      'test/unit/lambda/content-installer/mark.test.ts',
      'test/integration/content-installer.test.ts',
    ],
  },
  {
    name: 'answer-measured-in-characters',
    what: 'An answer to CloudFormation is measured in characters, and may be too large in bytes.',
    file: 'lambda/content-installer/respond.ts',
    find: 'Buffer.byteLength(text(shown))',
    replace: 'text(shown).length',
    caughtBy: ['test/integration/content-installer-answers.test.ts'],
  },
];
