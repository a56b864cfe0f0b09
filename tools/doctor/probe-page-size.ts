import type { Range } from '../../lambda/forwarder/core/ports.ts';
import { valueAt } from '../../lambda/forwarder/valence/dotted-path.ts';
import { type Probe, withPatch } from './probe.ts';
import type { Reply } from './requests.ts';
import { recordsIn } from './response-body.ts';

/** How large pages are. */

const SIZE_NAMES = [
  'limit',
  'pageSize',
  'page_size',
  'per_page',
  'perPage',
  'size',
  'count',
  'top',
  'maxResults',
];
/** A page of a few records, small enough to have a successor. */
const SMALL_PAGE = 5;

/** A page size that leaves records for a second page. */
export const smallSize = (known: number) => Math.max(1, Math.min(SMALL_PAGE, Math.floor(known / 2)));

/** Whether a page is as small as asked for. Other names of the parameter are tried. */
export async function probePageSize(probe: Probe, known: number, range: Range | undefined): Promise<boolean> {
  const { profile } = probe;
  if (profile.pageSize === null || profile.pageSizeParam === null) {
    probe.matched('pageSize', 'is chosen by the server');
    return false;
  }
  const pageSize = smallSize(known);
  const fits = async (pageSizeParam: string) => {
    const asked = withPatch(profile, { pageSize, pageSizeParam });
    return recordsIn(await probe.ask.page(asked, range), asked).length === pageSize;
  };
  if (await fits(profile.pageSizeParam)) {
    probe.matched('pageSize', `"${profile.pageSizeParam}" is honoured`);
    return true;
  }
  for (const pageSizeParam of SIZE_NAMES) {
    if (pageSizeParam === profile.pageSizeParam || !(await fits(pageSizeParam))) continue;
    probe.corrected('pageSize', `"${profile.pageSizeParam}" is not honoured; "${pageSizeParam}" is`, {
      pageSizeParam,
    });
    return true;
  }
  probe.noted(
    'pageSize',
    `"${profile.pageSizeParam}" is not honoured, nor is any common name`,
    'No record is lost. Ask Valence for the parameter: with larger pages fewer requests are needed.',
  );
  return false;
}

/** Whether the server gives fewer records a page than asked for, although there are more. */
export function probePageCap(probe: Probe, { answer }: Reply, known: number): void {
  const { pageSize, pagination } = probe.profile;
  if (pageSize === null || known >= pageSize || pagination.style !== 'cursor') return;
  const cursor = valueAt(answer?.body, pagination.nextCursorPath);
  if (cursor === undefined || cursor === null || cursor === '' || cursor === false) return;
  probe.noted(
    'pageSize',
    `${pageSize} records were requested and ${known} returned, with more to follow: the server has its own limit`,
    'Nothing to do: the forwarder follows the pages.',
  );
}
