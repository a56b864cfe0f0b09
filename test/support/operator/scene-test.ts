import { onTestFinished, test } from 'vitest';
import { fill } from './findings.ts';
import { nowSeconds, type Scene, type SceneOptions, startScene } from './scene.ts';

interface SceneFixtures {
  /** A scene of the test's own, closed after it. */
  scene: Scene;
}

/** `it` for tests that run the operator's tools. */
export const it = test.extend<SceneFixtures>({
  scene: async ({ task: _ }, use) => {
    await using scene = await startScene();
    await use(scene);
  },
});

/** A scene for a test that chooses its options itself, closed when the test has finished. */
export async function openScene(options?: SceneOptions): Promise<Scene> {
  const scene = await startScene(options);
  onTestFinished(() => scene[Symbol.asyncDispose]());
  return scene;
}

/** A scene whose forwarder is well: both streams are up to date, and the last run was a minute ago. Closed as that of `openScene`. */
export async function openHealthyScene(): Promise<Scene> {
  const scene = await openScene();
  fill(scene);
  const now = nowSeconds();
  for (const stream of ['alerts', 'audit-logs'] as const)
    await scene.leaveState(stream, { watermark: now - 200 });
  scene.account.logs.push({
    at: now - 60,
    line: { event: 'run-finished', run_id: 'run-1', status: 'ok', streams: {} },
  });
  return scene;
}
