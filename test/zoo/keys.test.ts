import { KEYS } from '../../tools/stand-ins/valence/apis/keys.ts';
import { testApis } from './test-apis.ts';

testApis(KEYS);
