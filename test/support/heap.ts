import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** By how many bytes the memory that is in use grows by some work; what is garbage afterwards does not count. */
export function heapAfter(work: () => void): number {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const used = () => {
    collectGarbage();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const before = used();
  work();
  return used() - before;
}
