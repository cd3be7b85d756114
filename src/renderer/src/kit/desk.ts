import { type RefObject, useEffect, useRef } from 'react';

export interface Desk {
  /** Goes on the element around the `Deck`. */
  readonly ref: RefObject<HTMLDivElement | null>;
  /** Moves the focus from the queue into the item, as Enter on a row does. */
  readonly enterItem: () => void;
  /** Moves the focus from the item back to the queue; false where it was not in the item. */
  readonly leaveItem: () => boolean;
}

/**
 * The focus of a desk. A button that goes away with its row takes the focus with it, and the queue takes it
 * back: when another row is active, or the queue `isShown`; not while a dialog is open, which keeps it.
 */
export function useDesk(
  activeId: string | undefined,
  { isShown = true, inDialog = false }: { readonly isShown?: boolean; readonly inDialog?: boolean } = {},
): Desk {
  const ref = useRef<HTMLDivElement>(null);
  const find = (selector: string) => ref.current?.querySelector<HTMLElement>(selector);
  useEffect(() => {
    const focused = document.activeElement;
    if (inDialog || (focused !== null && focused !== document.body)) return;
    ref.current?.querySelector<HTMLElement>('[role=grid]')?.focus();
  }, [activeId, isShown, inDialog]);
  return {
    ref,
    enterItem: () => find('.cs-deck-item')?.focus(),
    leaveItem: () => {
      if (!find('.cs-deck-item')?.contains(document.activeElement)) return false;
      find('[role=grid]')?.focus();
      return true;
    },
  };
}
