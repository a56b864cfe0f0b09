/** Of the memory of a function; the rest is for the young generation, the program, and bodies, which are outside the heap. */
const OLD_SPACE_SHARE = 3 / 4;

/** V8 keeps three such spaces. Together they take at most a twentieth of the memory. */
const MAX_SEMI_SPACE_MIB = 4;
const SEMI_SPACE_SHARE = 1 / 64;

/**
 * How Node is started for the forwarder. V8 sizes the young generation by the memory of the machine: with 512 MB it is so small
 * that it costs a tenth of the CPU; with several GB it is 30 MB larger and no faster. The runtime of Lambda limits the heap itself
 * only if no flag does, so the old space needs a limit, too: V8's own would be above the memory of a small function. Source maps
 * are not enabled, because they take 12 MB: expected errors carry a code and a fix, and an unexpected one its place in the bundle.
 * @param memoryMiB memory of the function
 */
export const forwarderNodeFlags = (memoryMiB: number): readonly string[] => [
  `--max-semi-space-size=${Math.min(MAX_SEMI_SPACE_MIB, Math.floor(memoryMiB * SEMI_SPACE_SHARE))}`,
  `--max-old-space-size=${Math.floor(memoryMiB * OLD_SPACE_SHARE)}`,
];
