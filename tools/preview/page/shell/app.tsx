import type { Boards } from '../../api.ts';
import { hashOf, useAddress } from './address.ts';
import { useAnswer } from './answer.ts';
import { whole } from './format.ts';
import { GettingReady, useReadiness } from './getting-ready.tsx';
import { PAGES } from './pages.ts';

/** The frame around every page: what data it is, and the way to the others. */
export function App() {
  const address = useAddress();
  const current = PAGES.find(({ key }) => key === address.path[0]) ?? PAGES[0];
  const Page = current.component;
  const readiness = useReadiness();
  const isReady = readiness.value?.isReady === true;
  const { value } = useAnswer<Boards>(isReady ? 'api/boards' : undefined);
  const [from, to] = [address.query.get('from'), address.query.get('to')];
  // The time frame is the same on all pages.
  const kept = { ...(from !== null && { from }), ...(to !== null && { to }) };
  return (
    <>
      <header class="top">
        <strong class="product">Valence → Datadog</strong>
        <nav aria-label="Pages">
          {PAGES.map(({ key, title }) => (
            <a key={key} href={hashOf([key], kept)} aria-current={key === current.key ? 'page' : undefined}>
              {title}
            </a>
          ))}
        </nav>
        <p class="data">{value ? `Preview of ${whole(value.data.logs)} logs: ${value.data.origin}` : ' '}</p>
      </header>
      <main id="content">{isReady ? <Page address={address} /> : <GettingReady {...readiness} />}</main>
      <footer>
        <p>
          A preview on this machine: nothing is sent, nothing is stored. It models Datadog; what it does not
          model, it says.
        </p>
        <p>
          {value?.data.inventedCountries
            ? 'Countries are invented: the sample records have addresses for documentation, which are in no country.'
            : 'Countries by IP2Location LITE (lite.ip2location.com); IPv6 addresses are on no map.'}{' '}
          Map: Natural Earth.
        </p>
      </footer>
    </>
  );
}
