import { LISTS_AS_ASSUMED } from '../../tools/stand-ins/valence/apis/lists-as-assumed.ts';
import { testApis } from './test-apis.ts';

testApis(LISTS_AS_ASSUMED);
