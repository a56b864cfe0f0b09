import { rmSync } from 'node:fs';
import { InvocationFailed, type RunningArtefact, startArtefact } from '../artefact.ts';

export interface LocalLambdaOptions {
  /** Folder that holds `index.mjs`. */
  folder: string;
  /** The whole environment of the function. */
  environment: Readonly<Record<string, string>>;
  /** Receives what every invocation writes; what an earlier process wrote goes. */
  logFile: string;
  timeoutSeconds: number;
}

/** A function as Lambda runs it: each of several concurrent invocations has its own process. */
export interface LocalLambda {
  /** Invokes the handler. Throws as {@link RunningArtefact.invoke} does. */
  invoke(event: object): Promise<unknown>;
  close(): void;
}

/** Processes that wait for the next invocation; those beyond end with theirs. */
const MAX_WARM = 2;

/** Makes a function that starts its processes as they are needed. */
export function localLambda({ timeoutSeconds, ...options }: LocalLambdaOptions): LocalLambda {
  const warm: RunningArtefact[] = [];
  const all = new Set<RunningArtefact>();
  rmSync(options.logFile, { force: true });

  const startOne = () => {
    const artefact = startArtefact({ ...options, keepLog: true, timeoutMs: timeoutSeconds * 1000 });
    all.add(artefact);
    return artefact;
  };
  const end = (artefact: RunningArtefact) => {
    artefact.close();
    all.delete(artefact);
  };
  const giveBack = (artefact: RunningArtefact) => {
    if (warm.length < MAX_WARM) warm.push(artefact);
    else end(artefact);
  };

  return {
    async invoke(event) {
      const artefact = warm.pop() ?? startOne();
      try {
        const result = await artefact.invoke(event);
        giveBack(artefact);
        return result;
      } catch (error) {
        if (error instanceof InvocationFailed) giveBack(artefact);
        else end(artefact);
        throw error;
      }
    },
    close() {
      for (const artefact of all) artefact.close();
    },
  };
}
