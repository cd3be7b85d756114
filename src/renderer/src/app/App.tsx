/** Before the frame: is there an engine, and is a vault open? A locked console shows nothing else. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { SESSION_IDLE_MS } from '../../../contract/vault.ts';
import { clearNotices, ErrorState, Skeleton, useLanguage } from '../kit/index.ts';
import { NameOfficers } from '../operators/NameOfficers.tsx';
import { SignIn } from '../operators/SignIn.tsx';
import { useSession, useTouch } from '../operators/useSession.ts';
import { Gate } from '../vault/Gate.tsx';
import { useGateHeld } from '../vault/hold.ts';
import { UnlockSession } from '../vault/UnlockSession.tsx';
import { Banner } from './Banner.tsx';
import { lockSession } from './commands.ts';
import { useConnection } from './connection.ts';
import { orpc } from './data.ts';
import { useIdle } from './idle.ts';
import { t } from './messages.ts';
import { makeRouter } from './router.ts';

export function App() {
  useLanguage();
  const connection = useConnection();
  const status = useQuery(orpc.vault.status.queryOptions({ staleTime: 0 }));
  const [router, setRouter] = useState<ReturnType<typeof makeRouter> | null>(null);
  const cache = useQueryClient();
  const isHeld = useGateHeld();
  const isSessionLocked = status.data?.sessionLocked === true;
  const isVaultOpen = status.data?.state === 'open' && !isSessionLocked && !isHeld;
  const session = useSession(isVaultOpen);
  const { required = false, unnamed = false, operator = null, permissions = [] } = session.data ?? {};
  /** Somebody has signed in. An answer from while the vault was shut permits nothing. */
  const isKnown = operator !== null || (!required && !unnamed && permissions.length > 0);
  const isOpen = isVaultOpen && isKnown;
  const vaultId = status.data?.vaultId ?? null;
  /** Where the window stood when it was locked or its session ended, to come back to. */
  const cameFrom = useRef<string | null>(null);
  useTouch(isOpen && required);
  useIdle(isOpen ? SESSION_IDLE_MS : null, lockSession);

  useEffect(() => {
    // The figures are on their way before the frame is drawn.
    if (isOpen) void cache.prefetchQuery(orpc.dashboard.figures.queryOptions());
    else clearNotices();
  }, [isOpen, cache]);

  useEffect(() => {
    if (!isOpen) return;
    // Each opened vault has a router of its own: another one has other things to come back to.
    const made = makeRouter();
    if (cameFrom.current !== null) made.history.replace(cameFrom.current);
    cameFrom.current = null;
    setRouter(made);
    return () => {
      const now = cache.getQueryData(orpc.vault.status.queryKey());
      // Whoever signs in next at this window goes on where it stood; another vault has other places.
      const isSame = now?.state === 'open' && now.vaultId === vaultId;
      if (isSame) cameFrom.current = made.state.location.href;
      made.history.destroy();
      setRouter(null);
      window.history.replaceState(null, '', window.location.pathname);
    };
  }, [isOpen, cache, vaultId]);

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
  if (isSessionLocked) return <UnlockSession name={status.data.name ?? ''} />;
  if (!isVaultOpen) return <Gate />;
  if (unnamed) return <NameOfficers vaultName={status.data.name ?? ''} />;
  if (required && !isKnown) return <SignIn vaultName={status.data.name ?? ''} />;
  return router && <RouterProvider router={router} />;
}
