// biome-ignore-all lint/a11y/noNoninteractiveElementToInteractiveRole: the list component hands out a list and its items, which are a listbox and its options here.
// biome-ignore-all lint/a11y/useKeyWithClickEvents: the combobox answers the keys for its options.
// biome-ignore-all lint/a11y/useFocusableInteractive: the focus stays in the combobox.
/** The palette: rooms, commands, and whatever the search finds. A combobox by the book. */
import { Omnibar } from '@blueprintjs/select';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { type Ref, useEffect, useId, useMemo, useState } from 'react';
import { orpc } from '../app/data.ts';
import { rooms } from '../app/Navigation.tsx';
import { inLayer, KeyCaps, Layer, problemOf, useLanguage } from '../kit/index.ts';
import { commandEntries, hitEntries } from './entries.ts';
import { t } from './messages.ts';
import { type PaletteEntry, rank } from './rank.ts';
import './palette.css';

const PAUSE_MS = 120;
const MOST_HITS = 20;

export interface PaletteProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly onKeys: () => void;
}

export function Palette({ isOpen, onClose, onKeys }: PaletteProps) {
  const router = useRouter();
  const [typed, setTyped] = useState('');
  const [active, setActive] = useState<PaletteEntry | null>(null);
  const listId = useId();
  const language = useLanguage();
  const asked = useLater(typed.trim());
  const found = useQuery(
    orpc.search.query.queryOptions({
      input: { text: asked, limit: MOST_HITS },
      enabled: isOpen && asked !== '',
      placeholderData: keepPreviousData,
      staleTime: 5_000,
    }),
  );
  const own = useMemo(
    () => [
      ...rooms.map(
        (room): PaletteEntry => ({
          key: `room/${room.id}`,
          title: room.label(),
          group: t('group.room'),
          combo: `g ${room.letter}`,
          to: room.to,
        }),
      ),
      ...commandEntries(onKeys),
    ],
    // The titles are written in the language.
    [onKeys, language],
  );
  // The list component compares by identity: the same answer must be the same array.
  const items = useMemo(
    () => [
      ...rank(own, typed),
      ...(typed.trim() === '' || found.data === undefined ? [] : hitEntries(found.data.hits)),
    ],
    [own, typed, found.data],
  );
  const activeIndex = items.findIndex((item) => item.key === active?.key);

  // What Enter would choose is always shown, also before anything is typed.
  const isActiveGone = isOpen && activeIndex < 0;
  useEffect(() => {
    if (isActiveGone) setActive(items[0] ?? null);
  }, [isActiveGone, items]);

  const close = () => {
    setTyped('');
    onClose();
  };
  const choose = (entry: PaletteEntry) => {
    close();
    if (entry.to !== undefined) router.history.push(entry.to);
    entry.run?.();
  };
  return (
    <Layer>
      <Omnibar<PaletteEntry>
        className="cs-palette"
        isOpen={isOpen}
        onClose={close}
        items={items}
        itemsEqual="key"
        query={typed}
        // A key that comes while it closes is still heard here, and must not stand there when it opens again.
        onQueryChange={(text) => isOpen && setTyped(text)}
        activeItem={active}
        onActiveItemChange={setActive}
        onItemSelect={choose}
        itemRenderer={(entry, { handleClick, handleFocus, modifiers, index, ref }) => (
          <li
            key={entry.key}
            id={`${listId}-${index}`}
            ref={ref as Ref<HTMLLIElement>}
            role="option"
            aria-selected={modifiers.active}
            className={modifiers.active ? 'cs-palette-item cs-palette-item--active' : 'cs-palette-item'}
            onClick={handleClick}
            onMouseMove={handleFocus}
          >
            <span className="cs-palette-group">{entry.group}</span>
            <span className="cs-palette-title">{entry.title}</span>
            {entry.subtitle && <span className="cs-palette-subtitle">{entry.subtitle}</span>}
            {entry.combo && <KeyCaps combo={entry.combo} />}
          </li>
        )}
        noResults={<NoResults typed={typed} searching={found.isFetching} error={found.error} />}
        overlayProps={{ transitionDuration: 0, ...inLayer(isOpen) }}
        itemListRenderer={({ items: shown, itemsParentRef, renderItem }) => (
          <>
            <ul
              id={listId}
              ref={itemsParentRef}
              role="listbox"
              aria-label={t('palette.label')}
              className="cs-palette-list"
            >
              {shown.map((item, index) => renderItem(item, index))}
            </ul>
            <p className="cs-palette-note" role="status">
              {shown.length === 0 ? (
                <NoResults typed={typed} searching={found.isFetching} error={found.error} />
              ) : found.data && !found.data.ready && typed.trim() !== '' ? (
                t('palette.indexing')
              ) : null}
            </p>
          </>
        )}
        inputProps={{
          placeholder: t('palette.placeholder'),
          role: 'combobox',
          'aria-label': t('palette.label'),
          'aria-expanded': true,
          'aria-controls': listId,
          'aria-autocomplete': 'list',
          'aria-activedescendant': activeIndex < 0 ? undefined : `${listId}-${activeIndex}`,
          autoComplete: 'off',
          spellCheck: false,
        }}
      />
    </Layer>
  );
}

function NoResults(props: { readonly typed: string; readonly searching: boolean; readonly error: unknown }) {
  if (props.error) return t('palette.failed', { message: problemOf(props.error).code });
  if (props.searching) return t('palette.searching');
  return props.typed.trim() === '' ? null : t('palette.none');
}

/** The text a moment after the typing stops. */
function useLater(text: string): string {
  const [later, setLater] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setLater(text), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return later;
}
