import { expect, it } from 'vitest';
import { debuggerEnvironment } from '../../../../tools/run-locally/artefact.ts';

it('lets a debugger attach to the process of the function', () => {
  const environment = {
    HOME: '/home/someone',
    NODE_OPTIONS: '--require /debugger/bootloader.js',
    VSCODE_INSPECTOR_OPTIONS: '{"inspectorIpc":"/socket"}',
  };

  expect(debuggerEnvironment(environment)).toEqual({
    NODE_OPTIONS: '--require /debugger/bootloader.js',
    VSCODE_INSPECTOR_OPTIONS: '{"inspectorIpc":"/socket"}',
  });
});

it('leaves the options of this machine out of the function where nothing is debugged', () => {
  expect(debuggerEnvironment({ NODE_OPTIONS: '--max-old-space-size=4096' })).toEqual({});
});
