import { RANGES } from '../../tools/stand-ins/valence/apis/ranges.ts';
import { testApis } from './test-apis.ts';

testApis(RANGES);
