import type { ComponentType } from 'preact';
import type { Boards } from '../../api.ts';
import { BoardsPage } from '../boards/boards-page.tsx';
import { ForwarderPage } from '../forwarder/forwarder-page.tsx';
import { LogsPage } from '../logs/logs-page.tsx';
import { SignalsPage } from '../signals/signals-page.tsx';
import type { Address } from './address.ts';

/** What every page gets. */
export interface PageProps {
  address: Address;
  /** The boards, and what data there are. */
  boards: Boards;
}

/** A page of its own, with a folder of its own. */
export interface Page {
  /** The first part of its path. */
  key: string;
  title: string;
  component: ComponentType<PageProps>;
}

/** The pages in the order of the navigation; the first is shown when the address names none. */
export const PAGES: readonly [Page, ...Page[]] = [
  { key: 'boards', title: 'Dashboards', component: BoardsPage },
  { key: 'logs', title: 'Logs', component: LogsPage },
  { key: 'signals', title: 'Signals', component: SignalsPage },
  { key: 'forwarder', title: 'Forwarder', component: ForwarderPage },
];
