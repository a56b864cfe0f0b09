import { OVERLAPPING_PAGES } from '../../tools/stand-ins/valence/apis/overlapping-pages.ts';
import { testApis } from './test-apis.ts';

testApis(OVERLAPPING_PAGES);
