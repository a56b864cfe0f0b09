import { FAILING_ANSWERS } from '../../tools/stand-ins/valence/apis/failing-answers.ts';
import { testApis } from './test-apis.ts';

testApis(FAILING_ANSWERS);
