import type { ComponentChildren } from 'preact';

/** A part that scrolls, also by keyboard. */
export const Scrolling = ({ title, children }: { title: string; children: ComponentChildren }) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable without a mouse
  <section class="scrolling" tabIndex={0} aria-label={`${title}: content`}>
    {children}
  </section>
);
