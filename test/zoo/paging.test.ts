import { PAGING } from '../../tools/stand-ins/valence/apis/paging.ts';
import { testApis } from './test-apis.ts';

testApis(PAGING);
