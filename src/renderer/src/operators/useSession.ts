import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { TOUCH_EVERY_MS } from '../../../contract/session.ts';
import { client, orpc, queryClient } from '../app/data.ts';
import { forgetVault } from '../app/feed.ts';
import { notifyProblem } from '../kit/index.ts';

/** A session may run out while nobody calls: this often it is looked at. */
const LOOK_EVERY_MS = 15_000;
const SIGNS = ['pointerdown', 'keydown', 'wheel'] as const;

/** Who is signed in on this window. */
export function useSession(isOpen: boolean) {
  return useQuery({
    ...orpc.session.current.queryOptions({ staleTime: 0 }),
    enabled: isOpen,
    refetchInterval: LOOK_EVERY_MS,
  });
}

/** Tells the engine, now and then, that somebody is at this window. */
export function useTouch(isSignedIn: boolean): void {
  useEffect(() => {
    if (!isSignedIn) return;
    let toldMs = Date.now();
    const tell = () => {
      if (Date.now() - toldMs < TOUCH_EVERY_MS) return;
      toldMs = Date.now();
      client.session.touch().catch(() => {});
    };
    for (const sign of SIGNS) window.addEventListener(sign, tell, { capture: true, passive: true });
    return () => {
      for (const sign of SIGNS) window.removeEventListener(sign, tell, { capture: true });
    };
  }, [isSignedIn]);
}

/** Ends the session of this window, for the next operator. */
export async function signOut(): Promise<void> {
  try {
    queryClient.setQueryData(orpc.session.current.queryKey(), await client.session.signOut());
  } catch (error) {
    notifyProblem(error);
  }
  forgetVault();
}
