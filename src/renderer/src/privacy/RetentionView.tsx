import { Button, DialogBody, DialogFooter, FormGroup, InputGroup } from '@blueprintjs/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import type { PurgeLine, RetentionLine } from '../../../contract/privacy.ts';
import { orpc, refetchRooms } from '../app/data.ts';
import { places } from '../app/places.ts';
import { ReasonDialog } from '../compliance/parts.tsx';
import {
  Card,
  type Column,
  DataTable,
  Dialog,
  EmptyState,
  ErrorState,
  fixedRows,
  notify,
  PlaceLink,
  Skeleton,
  StatusTag,
  TimeCell,
  useKeys,
  usePages,
} from '../kit/index.ts';
import { Actor } from '../operators/actors.tsx';
import { t } from './messages.ts';
import { useMay } from './reveal.tsx';

const PURGE_WORDS = 'purge what is due';
const LOOKS = { kept: 'posted', held: 'unmatched', due: 'suggested' } as const;

type Quarter = RetentionLine['quarters'][number] & { readonly of: RetentionLine['id'] };
type Asked = { readonly kind: 'years'; readonly line: RetentionLine } | { readonly kind: 'purge' };

/** The classes of data with their years, what goes when, what went, and the backups that still hold it. */
export function RetentionView() {
  const query = useQuery(orpc.privacy.retention.queryOptions());
  const mayChange = useMay('privacy');
  const [asked, setAsked] = useState<Asked | null>(null);
  useKeys(t('keys.group'), [
    { combo: 'p', label: t('keys.purge'), disabled: !mayChange, run: () => setAsked({ kind: 'purge' }) },
  ]);
  if (query.isError) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return <Skeleton lines={10} />;
  const lines = query.data;
  const quarters = lines
    .flatMap((line) => line.quarters.map((quarter): Quarter => ({ ...quarter, of: line.id })))
    .sort((a, b) => ((a.dueOn ?? '9999') < (b.dueOn ?? '9999') ? -1 : 1));
  return (
    <>
      <p className="cs-muted">{t('retention.intro')}</p>
      <Card title={t('retention.label')}>
        <Classes lines={lines} onChange={mayChange ? (line) => setAsked({ kind: 'years', line }) : null} />
      </Card>
      <Card
        title={t('quarters.title')}
        controls={
          mayChange && (
            <Button size="small" onClick={() => setAsked({ kind: 'purge' })}>
              {t('purge.act')}
            </Button>
          )
        }
      >
        <DataTable
          label={t('quarters.label')}
          columns={quarterColumns}
          rows={fixedRows(quarters)}
          rowKey={(row) => `${row.of} ${row.quarter}`}
          bare
          empty={<EmptyState title={t('quarters.empty')} text={t('quarters.emptyText')} />}
        />
      </Card>
      <Purges />
      <Backups />
      {asked?.kind === 'years' && <YearsDialog line={asked.line} onClose={() => setAsked(null)} />}
      {asked?.kind === 'purge' && <PurgeDialog quarters={quarters} onClose={() => setAsked(null)} />}
    </>
  );
}

const yearsText = (years: number | null) =>
  years === null ? t('retention.always') : t('retention.yearsOf', { years });

function Classes({
  lines,
  onChange,
}: {
  readonly lines: readonly RetentionLine[];
  readonly onChange: ((line: RetentionLine) => void) | null;
}) {
  return (
    <table className="cs-privacy-classes">
      <thead>
        <tr>
          <th scope="col">{t('retention.class')}</th>
          <th scope="col">{t('retention.years')}</th>
          <th scope="col">{t('retention.minimum')}</th>
          <th scope="col" className="cs-end">
            {t('retention.values')}
          </th>
          <th scope="col">{t('retention.next')}</th>
          <td />
        </tr>
      </thead>
      <tbody>
        {lines.map((line) => (
          <tr key={line.id}>
            <th scope="row">
              {t(`class.${line.id}`)}
              <span className="cs-muted">{t(`why.${line.id}`)}</span>
            </th>
            <td>{yearsText(line.years)}</td>
            <td>{line.minimumYears === null ? '–' : yearsText(line.minimumYears)}</td>
            <td className="cs-end">{line.values}</td>
            <td>{line.quarters[0]?.dueOn ?? t('retention.never')}</td>
            <td className="cs-end">
              {onChange && line.minimumYears !== null && (
                <Button size="small" variant="minimal" onClick={() => onChange(line)}>
                  {t('retention.change')}
                </Button>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const quarterColumns: readonly Column<Quarter>[] = [
  {
    id: 'due',
    header: () => t('quarters.due'),
    width: 110,
    cell: (row) => row.dueOn ?? t('retention.never'),
  },
  { id: 'quarter', header: () => t('quarters.quarter'), width: 90, cell: (row) => row.quarter },
  {
    id: 'class',
    header: () => t('retention.class'),
    width: 240,
    grow: 2,
    cell: (row) => t(`class.${row.of}`),
  },
  { id: 'values', header: () => t('retention.values'), width: 90, align: 'end', cell: (row) => row.values },
  {
    id: 'state',
    header: () => t('retention.state'),
    width: 120,
    cell: (row) => <StatusTag status={LOOKS[row.state]} label={t(`state.${row.state}`)} />,
  },
];

const purgeColumns: readonly Column<PurgeLine>[] = [
  { id: 'at', header: () => t('purges.at'), width: 150, cell: (row) => <TimeCell atMs={row.atMs} /> },
  {
    id: 'class',
    header: () => t('retention.class'),
    width: 220,
    grow: 2,
    cell: (row) => t(`class.${row.dataClass}`),
  },
  { id: 'quarter', header: () => t('quarters.quarter'), width: 90, cell: (row) => row.quarter },
  { id: 'values', header: () => t('retention.values'), width: 90, align: 'end', cell: (row) => row.values },
  { id: 'carried', header: () => t('purges.carried'), width: 110, align: 'end', cell: (row) => row.carried },
  { id: 'by', header: () => t('purges.by'), width: 110, cell: (row) => <Actor of={row.by} /> },
  {
    id: 'record',
    header: () => t('purges.record'),
    width: 80,
    align: 'end',
    cell: (row) => <PlaceLink to={places.auditRecord(row.record)}>{String(row.record)}</PlaceLink>,
  },
];

function Purges() {
  const rows = usePages(orpc.privacy.purges, {});
  return (
    <Card title={t('purges.title')}>
      <DataTable
        label={t('purges.label')}
        columns={purgeColumns}
        rows={rows}
        rowKey={(row) => row.id}
        primary={false}
        bare
        empty={<EmptyState title={t('purges.empty')} />}
      />
    </Card>
  );
}

function Backups() {
  const query = useQuery(orpc.privacy.backups.queryOptions());
  const holding = (query.data ?? []).filter(({ holdsErased }) => holdsErased);
  if (holding.length === 0) return null;
  return (
    <Card title={t('backups.title')}>
      <div className="cs-card-body">
        <p className="cs-muted">{t('backups.text')}</p>
        <ul className="cs-privacy-list">
          {holding.map((backup) => (
            <li key={backup.path}>
              <span className="cs-mono">{backup.path}</span> <TimeCell atMs={backup.atMs} />
            </li>
          ))}
        </ul>
      </div>
    </Card>
  );
}

function YearsDialog({ line, onClose }: { readonly line: RetentionLine; readonly onClose: () => void }) {
  const [typed, setTyped] = useState(String(line.years ?? ''));
  const id = useId();
  const set = useMutation(
    orpc.privacy.setRetention.mutationOptions({
      onSuccess: () => {
        refetchRooms(['privacy', 'audit']);
        notify({ text: t('done.set'), tone: 'success' });
        onClose();
      },
    }),
  );
  const isNumber = /^\d{1,3}$/.test(typed.trim());
  return (
    <ReasonDialog
      title={t('set.title', { name: t(`class.${line.id}`) })}
      act={t('set.act')}
      blocked={!isNumber}
      isRunning={set.isPending}
      error={set.error}
      onClose={onClose}
      onAct={(reason) => set.mutate({ dataClass: line.id, years: Number(typed), reason })}
    >
      <FormGroup
        label={t('set.years')}
        labelFor={id}
        helperText={t('set.hint', { minimum: line.minimumYears ?? 0, usual: line.defaultYears ?? 0 })}
      >
        <InputGroup
          id={id}
          inputMode="numeric"
          autoComplete="off"
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
      </FormGroup>
    </ReasonDialog>
  );
}

function PurgeDialog({
  quarters,
  onClose,
}: {
  readonly quarters: readonly Quarter[];
  readonly onClose: () => void;
}) {
  const [typed, setTyped] = useState('');
  const id = useId();
  const today = new Date().toISOString().slice(0, 10);
  const due = quarters.filter((one) => one.dueOn !== null && one.dueOn <= today);
  const purge = useMutation(
    orpc.privacy.purge.mutationOptions({
      onSuccess: ({ purged, held }) => {
        refetchRooms(['privacy', 'audit', 'keys']);
        notify({ text: t('done.purge', { purged: purged.length, held: held.length }), tone: 'success' });
        onClose();
      },
    }),
  );
  const ready = due.length > 0 && typed.trim() === PURGE_WORDS && !purge.isPending;
  return (
    <Dialog isOpen onClose={onClose} title={t('purge.title')}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) purge.mutate({ confirm: PURGE_WORDS });
        }}
      >
        <DialogBody>
          {due.length === 0 ? (
            <p>{t('purge.none')}</p>
          ) : (
            <>
              <p>{t('purge.text')}</p>
              <ul className="cs-privacy-list">
                {due.map((one) => (
                  <li key={`${one.of} ${one.quarter}`}>
                    {t(`class.${one.of}`)} · {one.quarter} · {t(`state.${one.state}`)}
                  </li>
                ))}
              </ul>
              <FormGroup label={t('purge.type', { words: PURGE_WORDS })} labelFor={id}>
                <InputGroup
                  id={id}
                  autoFocus
                  autoComplete="off"
                  spellCheck={false}
                  value={typed}
                  onChange={(event) => setTyped(event.currentTarget.value)}
                />
              </FormGroup>
            </>
          )}
          {purge.isError && <ErrorState error={purge.error} />}
        </DialogBody>
        <DialogFooter
          actions={
            <>
              <Button onClick={onClose}>{t('act.cancel')}</Button>
              <Button type="submit" intent="danger" disabled={!ready} loading={purge.isPending}>
                {t('purge.run')}
              </Button>
            </>
          }
        />
      </form>
    </Dialog>
  );
}
