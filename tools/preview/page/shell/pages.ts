import type { ComponentType } from 'preact';
import { BoardsPage } from '../boards/boards-page.tsx';
import type { Address } from './address.ts';

/** A page of its own, with a folder of its own. */
export interface Page {
  /** The first part of its path. */
  key: string;
  title: string;
  component: ComponentType<{ address: Address }>;
}

/** The pages in the order of the navigation; the first is shown when the address names none. */
export const PAGES: readonly [Page, ...Page[]] = [
  { key: 'boards', title: 'Dashboards', component: BoardsPage },
];
