// biome-ignore-all lint/a11y/useSemanticElements: a virtual list cannot be an HTML table, whose rows must all be there.
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid holds the focus and names the active row or cell.
// biome-ignore-all lint/a11y/useKeyWithClickEvents: the grid answers the keys.
/**
 * The table of every queue and list: virtual, 28 px a row, driven by the keyboard, and a
 * grid to assistive technology, which hears row and column of what is active.
 */
import { InputGroup } from '@blueprintjs/core';
import { Search } from '@blueprintjs/icons';
import type { RowData } from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import {
  type KeyboardEvent,
  type ReactNode,
  useCallback,
  useEffect,
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { writeClock } from './format.ts';
import { useKeys } from './keys.tsx';
import { t } from './messages.ts';
import type { Rows } from './rows.ts';
import { useSeekEnd } from './seeking.ts';
import { EmptyState, ErrorState } from './states.tsx';
import {
  type Column,
  cellClass,
  countWords,
  HeadCell,
  SkeletonRows,
  trackStyle,
  useModel,
} from './tableParts.tsx';
import { useDelayed } from './values.tsx';

const ROW_HEIGHT = 28;
const LOAD_AHEAD_ROWS = 25;
/** The row each list was left at, by the list's label, so that coming back finds it again. Keys only. */
const lastActive = new Map<string, string>();

export interface DataTableProps<Row> {
  /** What the rows are: read out, and the accessible name of the grid. */
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: Rows<Row>;
  readonly rowKey: (row: Row) => string;
  /** The row under the cursor; kept inside where it is not given. */
  readonly activeKey?: string | null;
  readonly onActive?: (row: Row) => void;
  /** Enter, or a double click. */
  readonly onOpen?: (row: Row) => void;
  /** Keys of selected rows; where given, `x` and a box select. */
  readonly selected?: ReadonlySet<string>;
  readonly onSelect?: (selected: ReadonlySet<string>) => void;
  /** Text filter, reached with `/`. */
  readonly filter?: {
    readonly text: string;
    readonly onChange: (text: string) => void;
    readonly label?: string;
  };
  /** Whatever else belongs above the table (status filters). */
  readonly toolbar?: ReactNode;
  /** What would be here, and the next step. */
  readonly empty?: ReactNode;
  /** The one table of the screen that answers to j, k, x, Enter, Home, End and / wherever the focus is. On by default. */
  readonly primary?: boolean;
  /** Opens on a single click as well (lists whose rows are links). */
  readonly openOnClick?: boolean;
  readonly rowClass?: (row: Row) => string | undefined;
  /** Hides the line of toolbar and count, for small tables within a card. */
  readonly bare?: boolean;
}

export function DataTable<Row extends RowData>(props: DataTableProps<Row>) {
  const { columns, rows, rowKey, label, selected, onSelect, filter } = props;
  const gridId = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const filterField = useRef<HTMLInputElement>(null);
  const [ownActive, setOwnActive] = useState<string | null>(lastActive.get(label) ?? null);
  const [activeColumn, setActiveColumn] = useState(-1);
  const activeKey = props.activeKey === undefined ? ownActive : props.activeKey;

  const model = useModel(columns, rows, rowKey);
  const modelRows = model.getRowModel().rows;
  const activeIndex = useMemo(
    () => (activeKey === null ? -1 : modelRows.findIndex((row) => row.id === activeKey)),
    [modelRows, activeKey],
  );

  const virtual = useVirtualizer({
    count: modelRows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
    scrollPaddingEnd: ROW_HEIGHT,
    getItemKey: useCallback((index: number) => modelRows[index]?.id ?? index, [modelRows]),
  });
  const items = virtual.getVirtualItems();
  const lastIndex = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (rows.hasMore && !rows.isLoadingMore && lastIndex >= modelRows.length - LOAD_AHEAD_ROWS)
      rows.loadMore();
  });

  useLayoutEffect(() => {
    if (activeIndex >= 0) virtual.scrollToIndex(activeIndex, { align: 'auto' });
  }, [activeIndex, virtual]);

  const moveTo = (index: number) => {
    const row = modelRows[Math.max(0, Math.min(modelRows.length - 1, index))];
    if (!row) return false;
    setOwnActive(row.id);
    lastActive.set(label, row.id);
    props.onActive?.(row.original);
    return true;
  };
  const { isSeeking, seek } = useSeekEnd(rows, () => moveTo(modelRows.length - 1));
  const toggle = (key: string) => {
    if (!selected || !onSelect) return false;
    const next = new Set(selected);
    if (!next.delete(key)) next.add(key);
    onSelect(next);
    return true;
  };
  const openActive = () => {
    const row = modelRows[activeIndex];
    if (!row || !props.onOpen) return false;
    props.onOpen(row.original);
    return true;
  };
  const pageRows = () => Math.max(1, Math.floor((scroller.current?.clientHeight ?? 280) / ROW_HEIGHT) - 2);
  const moves: Record<string, () => boolean> = {
    j: () => moveTo(activeIndex + 1),
    k: () => moveTo(activeIndex < 0 ? 0 : activeIndex - 1),
    x: () => (modelRows[activeIndex] ? toggle(modelRows[activeIndex].id) : false),
    Enter: openActive,
    Home: () => moveTo(0),
    End: () => {
      if (rows.hasMore) seek();
      return rows.hasMore || moveTo(modelRows.length - 1);
    },
    PageDown: () => moveTo(activeIndex + pageRows()),
    PageUp: () => moveTo(activeIndex - pageRows()),
    '/': () => {
      filterField.current?.focus();
      filterField.current?.select();
      return filterField.current !== null;
    },
  };
  const primary = props.primary ?? true;
  // A key pressed elsewhere brings the focus here, so that the row is also heard.
  const fromAnywhere = (key: string) => () => {
    const done = moves[key]?.() ?? false;
    if (done && key !== '/' && key !== 'Enter') scroller.current?.focus({ preventScroll: true });
    return done;
  };
  // A pane that has the focus scrolls by these keys, so they come here only where nothing has it.
  const fromNowhere = (key: string) => () => document.activeElement === document.body && fromAnywhere(key)();
  useKeys(
    t('keys.table'),
    [
      { combo: 'j', label: t('keys.next'), run: fromAnywhere('j'), disabled: !primary },
      { combo: 'k', label: t('keys.previous'), run: fromAnywhere('k'), disabled: !primary },
      { combo: 'x', label: t('keys.select'), run: fromAnywhere('x'), disabled: !primary || !selected },
      {
        combo: 'Enter',
        label: t('keys.open'),
        run: fromAnywhere('Enter'),
        disabled: !primary || !props.onOpen,
      },
      { combo: 'Home', label: t('keys.first'), run: fromAnywhere('Home'), disabled: !primary },
      { combo: 'End', label: t('keys.last'), run: fromAnywhere('End'), disabled: !primary },
      { combo: 'PageDown', label: t('keys.pageDown'), run: fromNowhere('PageDown'), disabled: !primary },
      { combo: 'PageUp', label: t('keys.pageUp'), run: fromNowhere('PageUp'), disabled: !primary },
      { combo: '/', label: t('keys.filter'), run: fromAnywhere('/'), disabled: !primary || !filter },
    ],
    { level: 'part' },
  );

  const onGridKey = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    const gridMoves: Record<string, () => boolean> = {
      // The primary table leaves its keys to the registry, where the screen is asked before it.
      ...(primary ? {} : moves),
      ArrowDown: moves.j!,
      ArrowUp: moves.k!,
      PageDown: moves.PageDown!,
      PageUp: moves.PageUp!,
      ' ': moves.x!,
      ArrowRight: () => {
        setActiveColumn(Math.min(columns.length - 1, activeColumn + 1));
        return true;
      },
      ArrowLeft: () => {
        setActiveColumn(Math.max(-1, activeColumn - 1));
        return true;
      },
    };
    if (gridMoves[event.key]?.()) {
      event.preventDefault();
      event.stopPropagation();
    }
  };

  const widths = useMemo(
    () => trackStyle(columns, selected !== undefined),
    [columns, selected !== undefined],
  );
  const activeId =
    activeIndex < 0 || !items.some((item) => item.index === activeIndex)
      ? undefined
      : activeColumn < 0
        ? `${gridId}-r${activeIndex}`
        : `${gridId}-r${activeIndex}-c${activeColumn}`;
  const offset = selected ? 2 : 1;
  const showSkeleton = useDelayed(rows.state === 'loading');

  return (
    <div className="cs-table">
      {!props.bare && (
        <div className="cs-table-bar">
          {filter && (
            <InputGroup
              inputRef={filterField}
              className="cs-table-filter"
              size="small"
              leftIcon={<Search />}
              placeholder={t('table.filterKey')}
              aria-label={filter.label ?? t('table.filter')}
              value={filter.text}
              onChange={(event) => filter.onChange(event.currentTarget.value)}
              onKeyDown={(event) => {
                if (event.key === 'Escape' && filter.text !== '') filter.onChange('');
                if (event.key === 'Escape' || event.key === 'Enter' || event.key === 'ArrowDown') {
                  event.preventDefault();
                  event.stopPropagation();
                  scroller.current?.focus();
                  if (activeIndex < 0) moveTo(0);
                }
              }}
            />
          )}
          {props.toolbar}
          <span className="cs-table-count" role="status">
            {rows.staleSinceMs !== null && (
              <span className="cs-stale">{t('table.stale', { time: writeClock(rows.staleSinceMs) })}</span>
            )}
            {selected && selected.size > 0 && <span>{t('table.selected', { count: selected.size })}</span>}
            {isSeeking && <span>{t('table.seeking')}</span>}
            {typeof rows.lookedThrough === 'number' && (
              <span className="cs-stale">
                {t('table.looked', { count: rows.lookedThrough.toLocaleString() })}
              </span>
            )}
            {rows.state === 'ready' && <span>{countWords(rows)}</span>}
          </span>
        </div>
      )}
      <div
        ref={scroller}
        role="grid"
        tabIndex={0}
        className="cs-grid"
        aria-label={label}
        aria-rowcount={rows.total === null ? -1 : rows.total + 1}
        aria-colcount={columns.length + offset - 1}
        aria-multiselectable={selected ? true : undefined}
        aria-busy={rows.state === 'loading' || rows.isLoadingMore}
        aria-activedescendant={activeId}
        onKeyDown={onGridKey}
        onFocus={(event) => {
          if (event.target === event.currentTarget && activeIndex < 0 && props.activeKey === undefined)
            moveTo(0);
        }}
      >
        <div role="row" aria-rowindex={1} className="cs-row cs-row--head" style={widths}>
          {selected && (
            <span role="columnheader" aria-colindex={1} className="cs-cell">
              <span className="cs-hidden">{t('table.select')}</span>
            </span>
          )}
          {columns.map((column, index) => (
            <HeadCell
              key={column.id}
              column={column}
              colIndex={index + offset}
              model={model}
              whole={rows.whole}
            />
          ))}
        </div>
        {rows.state === 'loading' && showSkeleton && (
          <SkeletonRows columns={columns} style={widths} label={label} withSelect={selected !== undefined} />
        )}
        {rows.state === 'ready' && modelRows.length > 0 && (
          <div
            role="rowgroup"
            className="cs-rows"
            style={{ height: virtual.getTotalSize(), minWidth: widths.minWidth }}
          >
            {items.map((item) => {
              const row = modelRows[item.index];
              if (!row) return null;
              const isActive = item.index === activeIndex;
              const isSelected = selected?.has(row.id) ?? false;
              return (
                <div
                  key={row.id}
                  id={`${gridId}-r${item.index}`}
                  role="row"
                  aria-rowindex={item.index + 2}
                  aria-selected={selected ? isSelected : isActive}
                  className={[
                    'cs-row',
                    isActive ? 'cs-row--active' : '',
                    isSelected ? 'cs-row--selected' : '',
                    props.openOnClick ? 'cs-row--link' : '',
                    props.rowClass?.(row.original) ?? '',
                  ].join(' ')}
                  style={{ ...widths, transform: `translateY(${item.start}px)` }}
                  onClick={(event) => {
                    if (event.target instanceof Element && event.target.closest('a, button, input')) return;
                    if (window.getSelection()?.toString()) return;
                    moveTo(item.index);
                    if (props.openOnClick) props.onOpen?.(row.original);
                  }}
                  onDoubleClick={() => props.onOpen?.(row.original)}
                >
                  {selected && (
                    <span role="gridcell" aria-colindex={1} className="cs-cell cs-cell--select">
                      <input
                        type="checkbox"
                        tabIndex={-1}
                        checked={isSelected}
                        aria-label={t('table.select')}
                        onChange={() => toggle(row.id)}
                      />
                    </span>
                  )}
                  {columns.map((column, index) => (
                    <span
                      key={column.id}
                      id={`${gridId}-r${item.index}-c${index}`}
                      role="gridcell"
                      aria-colindex={index + offset}
                      title={column.title?.(row.original)}
                      className={cellClass(column, isActive && index === activeColumn)}
                    >
                      {column.cell(row.original)}
                    </span>
                  ))}
                </div>
              );
            })}
          </div>
        )}
      </div>
      {rows.state === 'ready' && modelRows.length === 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: in a low table it scrolls, by keyboard too.
        <div className="cs-table-note" tabIndex={0}>
          {props.empty ?? <EmptyState title={t('table.rows', { count: 0 })} />}
        </div>
      )}
      {rows.state === 'error' && (
        <div className="cs-table-note">
          <ErrorState error={rows.error} onRetry={rows.retry} />
        </div>
      )}
    </div>
  );
}
