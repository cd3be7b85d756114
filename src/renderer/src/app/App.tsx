/** Before the frame: is there an engine, and is a vault open? A locked console shows nothing else. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { clearNotices, ErrorState, Skeleton } from '../kit/index.ts';
import { Gate } from '../vault/Gate.tsx';
import { useGateHeld } from '../vault/hold.ts';
import { Banner } from './Banner.tsx';
import { useConnection } from './connection.ts';
import { orpc } from './data.ts';
import { t } from './messages.ts';
import { makeRouter } from './router.ts';

export function App() {
  const connection = useConnection();
  const status = useQuery(orpc.vault.status.queryOptions({ staleTime: 0 }));
  const [router, setRouter] = useState<ReturnType<typeof makeRouter> | null>(null);
  const cache = useQueryClient();
  const isHeld = useGateHeld();
  const isOpen = status.data?.state === 'open' && !isHeld;

  useEffect(() => {
    // The figures are on their way before the frame is drawn.
    if (isOpen) void cache.prefetchQuery(orpc.dashboard.figures.queryOptions());
    else clearNotices();
  }, [isOpen, cache]);

  useEffect(() => {
    if (!isOpen) return;
    // Each opened vault has a router of its own: another one has other things to come back to.
    const made = makeRouter();
    setRouter(made);
    return () => {
      made.history.destroy();
      setRouter(null);
      window.history.replaceState(null, '', window.location.pathname);
    };
  }, [isOpen]);

  if (connection.kind === 'refused') {
    return (
      <main className="cs-gate">
        <p className="cs-gate-note">{t('feed.refused')}</p>
      </main>
    );
  }
  if (status.data === undefined) {
    return (
      <main className="cs-gate" aria-busy={!status.isError} aria-label={t('app.loading')}>
        <Banner />
        <div className="cs-gate-box">
          {status.isError ? (
            <ErrorState error={status.error} onRetry={() => void status.refetch()} />
          ) : (
            <Skeleton lines={4} />
          )}
        </div>
      </main>
    );
  }
  if (!isOpen) return <Gate />;
  return router && <RouterProvider router={router} />;
}
