import { FormGroup, InputGroup } from '@blueprintjs/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type KeyboardEvent, useDeferredValue, useId, useState } from 'react';
import type { OpenItem } from '../../../contract/receivables.ts';
import { orpc } from '../app/data.ts';
import { Money } from '../kit/index.ts';
import { t } from './messages.ts';

const MOST_FOUND = 6;

/** A combobox over the open items: type, arrow keys, Enter. */
export function Finder({
  currency,
  first = currency,
  notesFirst,
  onAdd,
}: {
  /** Of the items; null where those of any may be added. */
  readonly currency: string | null;
  /** The currency whose items come first. */
  readonly first?: string | null;
  /** Outgoing money settles credit notes. */
  readonly notesFirst: boolean;
  readonly onAdd: (item: OpenItem) => void;
}) {
  const [text, setText] = useState('');
  const [active, setActive] = useState(0);
  const listId = useId();
  const wanted = useDeferredValue(text.trim());
  const found = useQuery({
    ...orpc.receivables.openItems.queryOptions({ input: { text: wanted, limit: 50 } }),
    enabled: wanted.length >= 2,
    placeholderData: keepPreviousData,
  });
  const isOpen = wanted.length >= 2 && found.data !== undefined;
  const items = (isOpen ? found.data.rows : [])
    .filter((item) => (currency === null || item.currency === currency) && item.openMinor > 0n)
    .sort(
      (a, b) =>
        Number(b.currency === first) - Number(a.currency === first) ||
        (notesFirst ? Number(b.kind === 'credit_note') - Number(a.kind === 'credit_note') : 0),
    )
    .slice(0, MOST_FOUND);
  const chosen = Math.min(active, items.length - 1);
  const add = (item: OpenItem | undefined) => {
    if (!item) return;
    onAdd(item);
    setText('');
    setActive(0);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey) return;
    if (event.key === 'Enter') add(items[chosen]);
    else if (event.key === 'ArrowDown') setActive(Math.min(items.length - 1, chosen + 1));
    else if (event.key === 'ArrowUp') setActive(Math.max(0, chosen - 1));
    else return;
    event.preventDefault();
  };
  return (
    <>
      <FormGroup
        label={t('allocate.search')}
        labelFor="allocate-search"
        helperText={t('allocate.searchHint')}
      >
        <InputGroup
          id="allocate-search"
          autoFocus
          role="combobox"
          aria-expanded={items.length > 0}
          aria-controls={listId}
          aria-autocomplete="list"
          aria-activedescendant={items.length > 0 ? `${listId}-${chosen}` : undefined}
          value={text}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => {
            setText(event.currentTarget.value);
            setActive(0);
          }}
          onKeyDown={onKeyDown}
        />
      </FormGroup>
      <div id={listId} className="cs-found" role="listbox" aria-label={t('allocate.found')}>
        {items.map((item, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the combobox answers the keys for its options.
          // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the combobox.
          <div
            key={item.id}
            id={`${listId}-${index}`}
            role="option"
            aria-selected={index === chosen}
            className={index === chosen ? 'cs-found-item cs-found-item--active' : 'cs-found-item'}
            onClick={() => add(item)}
          >
            <span>{item.invoiceNumber}</span>
            <span className="cs-muted cs-found-customer">{item.customerName}</span>
            <Money
              amountMinor={item.kind === 'credit_note' ? -item.openMinor : item.openMinor}
              currency={item.currency}
            />
          </div>
        ))}
      </div>
      {isOpen && items.length === 0 && (
        <p className="cs-muted">
          {currency === null ? t('allocate.nothingAtAll') : t('allocate.nothingFound', { currency })}
        </p>
      )}
    </>
  );
}
