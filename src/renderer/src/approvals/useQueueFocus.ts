import { useEffect, useRef } from 'react';

/** A button that goes away with its line takes the focus with it; the queue takes it back. */
export function useQueueFocus(activeId: string | undefined, isShown: boolean, inDialog: boolean) {
  const desk = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const focused = document.activeElement;
    if (inDialog || (focused !== null && focused !== document.body)) return;
    desk.current?.querySelector<HTMLElement>('[role=grid]')?.focus();
  }, [activeId, isShown, inDialog]);
  return desk;
}
