/** Columns that many lists share: an amount that leads to its source, a date, a time, a count. */
import type { ReactNode } from 'react';
import type { Column } from './tableParts.tsx';
import { DateCell, Figure, Money, TimeCell } from './values.tsx';

interface Head {
  readonly id: string;
  readonly header: () => string;
  readonly width: number;
}

/** An amount in the row's currency. Without one it says `none`; of nothing it may say a word instead. */
export function moneyColumn<Row extends { readonly currency: string }>(
  column: Head & {
    readonly minor: (row: Row) => bigint | null;
    /** Where the figure comes from; null where it has no place of its own. */
    readonly to?: (row: Row) => string | null;
    readonly none?: () => string;
    readonly zero?: () => string;
    readonly showCurrency?: boolean;
  },
): Column<Row> {
  const { minor, to, none, zero, showCurrency = true, ...head } = column;
  const cell = (row: Row): ReactNode => {
    const amountMinor = minor(row);
    if (amountMinor === null) return <span className="cs-muted">{none?.() ?? '–'}</span>;
    const { currency } = row;
    const words =
      amountMinor === 0n && zero !== undefined ? (
        zero()
      ) : (
        <Money amountMinor={amountMinor} currency={currency} showCurrency={showCurrency} />
      );
    const place = to?.(row) ?? null;
    return place === null ? words : <Figure to={place}>{words}</Figure>;
  };
  return { ...head, align: 'end', cell, sort: (row) => minor(row) ?? 0n };
}

export const dateColumn = <Row,>({
  of,
  ...head
}: Head & { readonly of: (row: Row) => string | null }): Column<Row> => ({
  ...head,
  cell: (row) => <DateCell date={of(row)} />,
  sort: (row) => of(row) ?? '',
});

export const timeColumn = <Row,>({
  of,
  ...head
}: Head & { readonly of: (row: Row) => number }): Column<Row> => ({
  ...head,
  cell: (row) => <TimeCell atMs={of(row)} />,
  sort: of,
});

export const countColumn = <Row,>({
  of,
  ...head
}: Head & { readonly of: (row: Row) => number | bigint }): Column<Row> => ({
  ...head,
  align: 'end',
  cell: (row) => of(row).toLocaleString(),
  sort: of,
});
