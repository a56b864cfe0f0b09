import { onTestFinished, test } from 'vitest';
import { type Scene, type SceneOptions, startScene } from './scene.ts';

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
