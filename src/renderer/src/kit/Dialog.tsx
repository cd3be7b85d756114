/** What lies over the screen: dialogs, and the palette. */
import { Dialog as BlueprintDialog, type DialogProps } from '@blueprintjs/core';
import { type ReactNode, useEffect } from 'react';
import { createPortal } from 'react-dom';

const topmostLayer = () => [...document.querySelectorAll('.cs-layer:has(> .bp6-overlay-open)')].at(-1);

/** A button is disabled while it works, and loses the focus by that: the dialog takes it, and hears Escape. */
function returnToTopmost(event: KeyboardEvent): void {
  if (document.activeElement !== document.body) return;
  const dialog = topmostLayer()?.querySelector<HTMLElement>('[role=dialog]');
  if (!dialog) return;
  dialog.tabIndex = -1;
  dialog.focus();
  if (event.key !== 'Escape') return;
  event.stopPropagation();
  dialog.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true, cancelable: true }));
}

/** A dialog over a dialog takes the focus as it comes; the one below must not take it back. */
function leaveToTopmost(event: Event): void {
  const topmost = topmostLayer();
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
    window.addEventListener('keydown', returnToTopmost, true);
    return () => {
      window.removeEventListener('focus', hear, true);
      window.removeEventListener('keydown', returnToTopmost, true);
    };
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
