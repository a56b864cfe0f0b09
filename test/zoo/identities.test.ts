import { IDENTITIES } from '../../tools/stand-ins/valence/apis/identities.ts';
import { testApis } from './test-apis.ts';

testApis(IDENTITIES);
