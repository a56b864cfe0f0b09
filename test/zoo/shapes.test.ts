import { SHAPES } from '../../tools/stand-ins/valence/apis/shapes.ts';
import { testApis } from './test-apis.ts';

testApis(SHAPES);
