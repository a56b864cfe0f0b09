import { useEffect, useState } from 'preact/hooks';
import type { Boards } from '../../api.ts';
import { useAnswer } from './answer.ts';

const ASK_EVERY_MS = 5_000;

const whileGrowing = ({ data }: Boards) => (data.isGrowing ? ASK_EVERY_MS : undefined);

/** The boards and what data the page shows, and whether there is more of it by now. */
export interface DataState {
  boards: Boards | undefined;
  isOld: boolean;
  /** Shows what has arrived. */
  renew: () => void;
}

/**
 * The boards and what data the page shows. While a forwarder keeps running it is asked again, but what is on the page stays until the user wants more:
 * a table that changes while it is read is of no use.
 * @param isReady nothing is asked before
 */
export function useData(isReady: boolean): DataState {
  const [shown, setShown] = useState<Boards>();
  const { value: latest } = useAnswer<Boards>(isReady ? 'api/boards' : undefined, {}, whileGrowing);
  useEffect(() => {
    if (latest && !shown) setShown(latest);
  }, [latest, shown]);
  return {
    boards: shown,
    isOld: latest !== undefined && shown !== undefined && latest.data.logs !== shown.data.logs,
    renew: () => setShown(latest),
  };
}
