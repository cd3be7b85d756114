/** A screen of several parts, of which one is shown: tabs at the right of its title, and `w` for the next. */
import type { ReactNode } from 'react';
import { useKeys } from './keys.tsx';
import { FilterTabs, Page } from './layout.tsx';

export function ViewsPage<View extends string>({
  title,
  words,
  views,
  shown,
  onShow,
  children,
}: {
  readonly title: string;
  readonly words: {
    /** What the tabs are, for those who hear them. */
    readonly tabs: string;
    /** The group of the key, and what it does. */
    readonly keys: string;
    readonly next: string;
  };
  readonly views: readonly {
    readonly value: View;
    readonly label: string;
    readonly count?: number | undefined;
  }[];
  readonly shown: View;
  readonly onShow: (view: View) => void;
  readonly children: ReactNode;
}) {
  const at = views.findIndex(({ value }) => value === shown);
  const next = views[(at + 1) % views.length];
  useKeys(words.keys, [{ combo: 'w', label: words.next, run: () => next && onShow(next.value) }]);
  return (
    <Page
      title={title}
      actions={<FilterTabs<View> label={words.tabs} options={views} value={shown} onChange={onShow} />}
      body="scroll"
    >
      {children}
    </Page>
  );
}
