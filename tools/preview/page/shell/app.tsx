import { useEffect } from 'preact/hooks';
import type { ShownData } from '../../api.ts';
import { hashOf, useAddress } from './address.ts';
import { useData } from './data.ts';
import { counted } from './format.ts';
import { GettingReady, useReadiness } from './getting-ready.tsx';
import { PAGES } from './pages.ts';

const contentText = ({ logs, summaries }: ShownData): string =>
  [
    counted(logs - summaries, 'record'),
    ...(summaries > 0 ? [counted(summaries, 'run summary', 'run summaries')] : []),
  ].join(' and ');

/** The frame around every page: what data it is, and the way to the others. */
export function App() {
  const address = useAddress();
  const current = PAGES.find(({ key }) => key === address.path[0]) ?? PAGES[0];
  const Page = current.component;
  const readiness = useReadiness();
  const isReady = readiness.value?.isReady === true;
  const { boards, isOld, renew } = useData(isReady);
  const data = boards?.data;
  const place = [current.key, ...address.path.slice(1)].join('/');
  useEffect(() => {
    document.title = `${current.title} – Valence in Datadog, a preview`;
    scrollTo(0, 0);
  }, [place, current.title]);
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
        <p class="data">{data ? `Preview of ${contentText(data)}: ${data.origin}` : ' '}</p>
      </header>
      <main id="content">
        {isOld && (
          <p class="newer" role="status">
            More logs have arrived.{' '}
            <button type="button" onClick={renew}>
              Show them
            </button>
          </p>
        )}
        {boards && <Page key={boards.data.logs} address={address} boards={boards} />}
        {!isReady && <GettingReady {...readiness} />}
      </main>
      <footer>
        <p>
          A preview on this machine: nothing is sent, nothing is stored. It models Datadog; what it does not
          model, it says.
        </p>
        <p>
          {data?.inventedCountries
            ? 'The tenant is made up: it has far more incidents than a real one, and its countries are invented, because addresses for documentation are in no country.'
            : 'Countries by IP2Location LITE (lite.ip2location.com); IPv6 addresses are on no map.'}{' '}
          Map: Natural Earth.
        </p>
      </footer>
    </>
  );
}
