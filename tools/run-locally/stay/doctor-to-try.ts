import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { shellWord } from '../../../lambda/shared/shell.ts';
import type { ZooApi } from '../../stand-ins/valence/apis/api.ts';
import { forwardedOf, type StayingForwarder } from './forwarder.ts';

/** The API's description, which a user would have from its documentation. */
const DESCRIPTION_FILE = fileURLToPath(new URL('../../../dist/openapi.json', import.meta.url));

function writeDescription(description: object): string {
  mkdirSync(dirname(DESCRIPTION_FILE), { recursive: true });
  writeFileSync(DESCRIPTION_FILE, JSON.stringify(description, null, 2));
  return relative(process.cwd(), DESCRIPTION_FILE);
}

/** Shows how the doctor analyses an API of the zoo, and what to do with the result. */
export function doctorToTry(api: ZooApi, { doctorSettings, firstRun }: StayingForwarder): string {
  const settings = {
    ...doctorSettings,
    ...(api.documented && { VALENCE_API_PROFILE: JSON.stringify(api.documented) }),
  };
  const variables = Object.entries(settings).map(([name, value]) => `${name}=${shellWord(value)}`);
  const option = api.openapi ? ` -- --openapi ${shellWord(writeDescription(api.openapi))}` : '';
  const outcome =
    'failure' in firstRun ? `failed: ${firstRun.failure}` : `forwarded ${forwardedOf(firstRun)} records.`;
  return `
In place of Valence runs the API "${api.name}". ${api.about}
The first run ${outcome}

Let the doctor find out how this API wants to be asked, in another terminal:

  ${variables.join(' ')} npm run doctor${option}

Then end this with Ctrl-C, and start it again with the profile that the doctor proposes:

  VALENCE_API_PROFILE='...' npm start -- --api ${shellWord(api.name)}
`;
}
