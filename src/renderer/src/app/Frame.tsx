/** The frame around every screen: top bar, rooms, status bar, palette, keys. */
import { Outlet, useRouter, useRouterState } from '@tanstack/react-router';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useApprovalNotices } from '../approvals/Watch.tsx';
import { LogBanner } from '../audit/LogBanner.tsx';
import { HsmBanner } from '../hsm/Mark.tsx';
import { CriticalBanner, useIncidentNotices } from '../incidents/Watch.tsx';
import { ErrorBoundary, KeysOverlay, undoLatest, useKeys, useLanguage } from '../kit/index.ts';
import { LendingBanner } from '../operators/LendingBanner.tsx';
import { t as people } from '../operators/messages.ts';
import { signOut } from '../operators/useSession.ts';
import { Palette } from '../search/Palette.tsx';
import { DropZone } from '../statements/DropZone.tsx';
import { Banner } from './Banner.tsx';
import { lockSession } from './commands.ts';
import { t } from './messages.ts';
import { Navigation, rooms } from './Navigation.tsx';
import { StatusBar } from './StatusBar.tsx';
import { TopBar } from './TopBar.tsx';

export function Frame() {
  const router = useRouter();
  const [paletteOpen, setPaletteOpen] = useState(false);
  const [keysOpen, setKeysOpen] = useState(false);
  const path = useRouterState({ select: (state) => state.location.pathname });
  const openKeys = useCallback(() => setKeysOpen(true), []);
  const main = useRef<HTMLElement>(null);
  useLanguage();
  useIncidentNotices();
  useApprovalNotices();

  // A new screen starts with the focus on its content, so that the keyboard is never lost.
  useEffect(
    () =>
      router.subscribe('onRendered', () => {
        const { activeElement } = document;
        if (activeElement === null || activeElement === document.body) main.current?.focus();
      }),
    [router],
  );

  useKeys(
    t('keys.rooms'),
    rooms.map((room) => ({
      combo: `g ${room.letter}`,
      label: room.goLabel(),
      run: () => router.history.push(room.to),
    })),
    { level: 'frame' },
  );
  const room = rooms.find((one) => one.holds(path));
  const isRoomStart = room === undefined || room.to === path;
  useKeys(
    t('keys.everywhere'),
    [
      { combo: 'mod+k', label: t('keys.palette'), run: () => setPaletteOpen(true) },
      { combo: '?', label: t('keys.help'), run: openKeys },
      { combo: 'mod+shift+l', label: t('menu.lockSession'), run: () => void lockSession() },
      { combo: 'mod+shift+u', label: people('menu.switch'), run: () => void signOut() },
      { combo: 'u', label: t('keys.undo'), run: undoLatest },
      {
        combo: 'Escape',
        label: t('keys.back'),
        disabled: isRoomStart,
        run: () =>
          router.history.canGoBack() ? router.history.back() : router.history.push(room?.to ?? '/'),
      },
    ],
    { level: 'frame' },
  );

  return (
    <div className="cs-frame">
      <button type="button" className="cs-skip" onClick={() => main.current?.focus()}>
        {t('nav.skip')}
      </button>
      <TopBar onSearch={() => setPaletteOpen(true)} onKeys={openKeys} />
      <Navigation path={path} />
      <main className="cs-main" id="main" ref={main} tabIndex={-1}>
        <Banner />
        <LendingBanner />
        <LogBanner />
        <CriticalBanner path={path} />
        <HsmBanner path={path} />
        <ErrorBoundary resetKey={path}>
          <Outlet />
        </ErrorBoundary>
      </main>
      <StatusBar onKeys={openKeys} />
      <Palette isOpen={paletteOpen} onClose={() => setPaletteOpen(false)} onKeys={openKeys} />
      <DropZone />
      <KeysOverlay isOpen={keysOpen} onClose={() => setKeysOpen(false)} />
    </div>
  );
}
