import { Button, HTMLSelect } from '@blueprintjs/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type DeadLetterLine, type DeadLetterState, deadLetterStates } from '../../../contract/connectors.ts';
import { orpc, refetchRooms } from '../app/data.ts';
import {
  Card,
  type Column,
  countColumn,
  DataTable,
  EmptyState,
  ErrorState,
  notify,
  notifyProblem,
  StatusTag,
  timeColumn,
  useKeys,
  usePages,
  writeBytes,
} from '../kit/index.ts';
import { useMay } from '../privacy/reveal.tsx';
import { DeadLetterDialog } from './DeadLetterDialog.tsx';
import { t } from './messages.ts';
import { Source } from './Source.tsx';
import { meaningOf, whereOf } from './words.ts';

const shapeOf = { open: 'unmatched', taken: 'done', dismissed: 'voided' } as const;

const columns: readonly Column<DeadLetterLine>[] = [
  { id: 'id', header: () => t('dead.no'), width: 52, align: 'end', cell: (row) => row.id },
  {
    id: 'state',
    header: () => t('list.state'),
    width: 110,
    cell: (row) => <StatusTag status={shapeOf[row.state]} label={t(`dead.state.${row.state}`)} />,
  },
  { id: 'source', header: () => t('dead.source'), width: 110, cell: (row) => <Source source={row.source} /> },
  {
    id: 'reason',
    header: () => t('dead.reason'),
    width: 240,
    grow: 3,
    cell: (row) => meaningOf(row.code),
    title: (row) => `${row.code}: ${meaningOf(row.code)}`,
  },
  {
    id: 'where',
    header: () => t('dead.where'),
    width: 150,
    grow: 2,
    cell: (row) => <span className="cs-mono">{whereOf(row)}</span>,
    title: whereOf,
  },
  {
    id: 'size',
    header: () => t('dead.size'),
    width: 84,
    align: 'end',
    cell: (row) => writeBytes(row.sizeBytes),
  },
  countColumn({ id: 'tries', header: () => t('dead.tries'), width: 72, of: (row) => row.attempts }),
  timeColumn({ id: 'last', header: () => t('dead.last'), width: 132, of: (row) => row.lastAtMs }),
];

/** Messages that could not be taken in: why, trying them again, one or all of a reason, dismissing. */
export function DeadLettersView() {
  const [state, setState] = useState<DeadLetterState>('open');
  const [code, setCode] = useState('');
  const [item, setItem] = useState<string | null>(null);
  const may = useMay('import');
  const counts = useQuery(orpc.connectors.deadLetterCounts.queryOptions());
  const rows = usePages(orpc.connectors.deadLetters, { state, ...(code === '' ? {} : { code }) });
  const retryAll = useMutation(
    orpc.connectors.retryAll.mutationOptions({
      onSuccess: ({ tried, taken, failed }) =>
        notify({
          text: t('done.retryAll', { tried, taken, failed }),
          tone: failed === 0 ? 'success' : 'none',
        }),
      onError: notifyProblem,
      onSettled: () => refetchRooms(['connectors', 'audit']),
    }),
  );
  const all = () => {
    if (code !== '' && !retryAll.isPending) retryAll.mutate({ code });
  };
  useKeys(t('keys.group'), [
    { combo: 'shift+r', label: t('keys.retryAll'), disabled: !may || code === '', run: all },
  ]);
  return (
    <>
      <p className="cs-muted">{t('dead.intro')}</p>
      {counts.isError && <ErrorState error={counts.error} onRetry={() => void counts.refetch()} />}
      <Card
        title={t('dead.label')}
        controls={
          <>
            <HTMLSelect
              aria-label={t('list.state')}
              value={state}
              onChange={(event) => setState(event.currentTarget.value as DeadLetterState)}
              options={deadLetterStates.map((value) => ({ value, label: t(`dead.state.${value}`) }))}
            />
            <HTMLSelect
              aria-label={t('dead.reason')}
              value={code}
              onChange={(event) => setCode(event.currentTarget.value)}
            >
              <option value="">{t('dead.allReasons')}</option>
              {(counts.data ?? []).map((one) => (
                <option key={one.code} value={one.code}>
                  {`${meaningOf(one.code)} (${one.open.toLocaleString()})`}
                </option>
              ))}
            </HTMLSelect>
            {may && (
              <Button
                size="small"
                intent="primary"
                disabled={code === '' || state !== 'open'}
                loading={retryAll.isPending}
                onClick={all}
              >
                {t('act.retryAll')}
              </Button>
            )}
          </>
        }
      >
        <DataTable
          label={t('dead.label')}
          columns={columns}
          rows={rows}
          rowKey={(row) => row.id}
          onOpen={(row) => setItem(row.id)}
          openOnClick
          bare
          empty={<EmptyState title={t('dead.empty')} text={t('dead.emptyText')} />}
        />
      </Card>
      {item !== null && <DeadLetterDialog id={item} onClose={() => setItem(null)} />}
    </>
  );
}
