/** A chart with its name, its unit and the same data as a table, one key away (`t`). */
import { Button } from '@blueprintjs/core';
import { type ReactNode, useId, useSyncExternalStore } from 'react';
import { useKeys } from './keys.tsx';
import { t } from './messages.ts';

let asTables = false;
const listeners = new Set<() => void>();

function toggleAll(): void {
  asTables = !asTables;
  for (const listener of listeners) listener();
}

/** Whether charts are shown as tables: one choice for the whole console. */
export function useChartsAsTables(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => asTables,
  );
}

export interface ChartCardProps {
  readonly title: string;
  /** What the axes count: `EUR`, `transactions`. */
  readonly unit?: string;
  readonly chart: ReactNode;
  readonly table: {
    readonly columns: readonly { readonly header: string; readonly align?: 'end' }[];
    readonly rows: readonly { readonly key: string; readonly cells: readonly ReactNode[] }[];
  };
  /** One sentence that says what the chart shows, for those who do not see it. */
  readonly summary: string;
  readonly controls?: ReactNode;
  /** Figures that stand above the chart, and above the table. */
  readonly lead?: ReactNode;
  readonly className?: string;
}

export function ChartCard(props: ChartCardProps) {
  const { title, unit, chart, table, summary, controls, lead, className } = props;
  const showTable = useChartsAsTables();
  const titleId = useId();
  useKeys(t('keys.charts'), [{ combo: 't', label: t('keys.chartTable'), run: toggleAll }], {
    level: 'part',
  });
  return (
    <section className={`cs-card cs-chart ${className ?? ''}`} aria-labelledby={titleId}>
      <header className="cs-card-head">
        <h2 id={titleId}>{title}</h2>
        {unit && <span className="cs-muted">{unit}</span>}
        <span className="cs-card-controls">
          {controls}
          <Button
            size="small"
            variant="minimal"
            onClick={toggleAll}
            aria-pressed={showTable}
            title={showTable ? t('chart.toggleBack') : t('chart.toggle')}
          >
            {showTable ? t('chart.asChart') : t('chart.asTable')}
          </Button>
        </span>
      </header>
      {lead}
      {showTable ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
        <div className="cs-chart-body cs-chart-table" tabIndex={0}>
          <table className="cs-plain-table">
            <caption className="cs-hidden">{summary}</caption>
            <thead>
              <tr>
                {table.columns.map((column) => (
                  <th
                    key={column.header}
                    scope="col"
                    className={column.align === 'end' ? 'cs-end' : undefined}
                  >
                    {column.header}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {table.rows.map((row) => (
                <tr key={row.key}>
                  {row.cells.map((cell, index) => (
                    <td
                      key={table.columns[index]?.header ?? index}
                      className={table.columns[index]?.align === 'end' ? 'cs-end' : undefined}
                    >
                      {cell}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : (
        <div className="cs-chart-body">
          <p className="cs-hidden">{summary}</p>
          <div className="cs-chart-canvas" aria-hidden="true">
            {chart}
          </div>
        </div>
      )}
    </section>
  );
}
