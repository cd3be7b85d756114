/** What lies over the screen: dialogs, and the palette. */
import { Dialog as BlueprintDialog, type DialogProps } from '@blueprintjs/core';
import { type ReactNode, useEffect } from 'react';
import { createPortal } from 'react-dom';

/** A dialog over a dialog takes the focus as it comes; the one below must not take it back. */
function leaveToTopmost(event: Event): void {
  const topmost = [...document.querySelectorAll('.cs-layer:has(> .bp6-overlay-open)')].at(-1);
  if (event.target instanceof Node && topmost?.contains(event.target)) event.stopPropagation();
}

/**
 * A place over the screen for an overlay of Blueprint with `inLayer`. Its own portal comes two tasks
 * after the key that opened it, and a key that is pressed meanwhile goes to the screen below.
 */
export function Layer({ children }: { readonly children: ReactNode }) {
  useEffect(() => {
    const hear = (event: Event) => leaveToTopmost(event);
    window.addEventListener('focus', hear, true);
    return () => window.removeEventListener('focus', hear, true);
  }, []);
  return createPortal(<div className="bp6-portal cs-layer">{children}</div>, document.body);
}

/** An overlay in a `Layer` is there, with the focus in it, before the next key is heard. */
export const inLayer = (isOpen = false) => ({ usePortal: false, lazy: !isOpen });

/** Blueprint's dialog, ready for the next key at once. */
export function Dialog(props: DialogProps) {
  return (
    <Layer>
      <BlueprintDialog {...props} {...inLayer(props.isOpen)} />
    </Layer>
  );
}
