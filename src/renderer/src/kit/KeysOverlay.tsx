/** What `?` shows: the keys that work on this screen, the nearest first. */
import { DialogBody } from '@blueprintjs/core';
import { Dialog } from './Dialog.tsx';
import { keyCaps, useKeyGroups, useKeys } from './keys.tsx';
import { t } from './messages.ts';

export function KeysOverlay({ isOpen, onClose }: { readonly isOpen: boolean; readonly onClose: () => void }) {
  const groups = useKeyGroups();
  useKeys(t('keys.title'), [{ combo: '?', label: t('keys.close'), run: isOpen ? onClose : () => false }], {
    inDialog: true,
  });
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={t('keys.title')} className="cs-keys">
      <DialogBody>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard. */}
        <section className="cs-keys-groups" aria-label={t('keys.title')} tabIndex={0} ref={takeFocus}>
          {groups.map(({ group, bindings }) => (
            <section key={group}>
              <h3>{group}</h3>
              <dl>
                {bindings.map((binding) => (
                  <div key={binding.combo} className="cs-keys-row">
                    <dt>{binding.label}</dt>
                    <dd>
                      <KeyCaps combo={binding.combo} />
                    </dd>
                  </div>
                ))}
              </dl>
            </section>
          ))}
        </section>
      </DialogBody>
    </Dialog>
  );
}

/** The list has the focus as it opens, so that the keys which scroll do so at once. */
const takeFocus = (list: HTMLElement | null) => list?.focus();

/** A combo as key caps. */
export function KeyCaps({ combo }: { readonly combo: string }) {
  return (
    <span className="cs-caps">
      {keyCaps(combo).map((cap) => (
        <kbd key={cap}>{cap}</kbd>
      ))}
    </span>
  );
}
