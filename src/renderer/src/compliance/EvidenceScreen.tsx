import { Button } from '@blueprintjs/core';
import { useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { type Evidence, type EvidenceState, evidenceStates } from '../../../contract/compliance.ts';
import { orpc } from '../app/data.ts';
import { places } from '../app/places.ts';
import {
  type Column,
  DataTable,
  Deck,
  EmptyState,
  FilterTabs,
  Page,
  useKeys,
  usePages,
  writeBytes,
} from '../kit/index.ts';
import { AddDialog } from './AddDialog.tsx';
import { Item } from './Item.tsx';
import { t } from './messages.ts';
import { StateTag } from './parts.tsx';
import { useDrop } from './useDrop.ts';
import './compliance.css';

const columns: readonly Column<Evidence>[] = [
  { id: 'id', header: () => t('column.id'), width: 52, align: 'end', cell: (row) => row.id },
  {
    id: 'title',
    header: () => t('column.title'),
    width: 150,
    grow: 3,
    cell: (row) => row.title ?? <span className="cs-muted">{t('erased')}</span>,
    title: (row) => row.title ?? t('erased'),
  },
  { id: 'state', header: () => t('column.state'), width: 116, cell: (row) => <StateTag state={row.state} /> },
  {
    id: 'until',
    header: () => t('column.until'),
    width: 104,
    cell: (row) => row.retainUntil,
  },
  { id: 'kind', header: () => t('column.kind'), width: 104, cell: (row) => t(`kind.${row.kind}`) },
  {
    id: 'size',
    header: () => t('column.size'),
    width: 70,
    align: 'end',
    cell: (row) => writeBytes(row.sizeBytes),
  },
];

/** The compliance vault: what must be kept, until when, and under which holds. */
export function EvidenceScreen({
  state,
  item,
}: {
  readonly state: EvidenceState | undefined;
  readonly item: string | undefined;
}) {
  const router = useRouter();
  const rows = usePages(orpc.compliance.list, state === undefined ? {} : { state });
  const counts = useQuery(orpc.compliance.counts.queryOptions());
  const picker = useRef<HTMLInputElement>(null);
  const [file, setFile] = useState<File | null>(null);
  const over = useDrop(setFile);
  const shown = item ?? rows.rows[0]?.id;
  const choose = () => picker.current?.click();
  const show = (next: { state?: string | undefined; item?: string | undefined }) =>
    router.history.replace(places.evidence(next));
  useKeys(t('keys.group'), [{ combo: 'n', label: t('keys.add'), run: choose }]);
  const total = counts.data && evidenceStates.reduce((sum, each) => sum + (counts.data[each] ?? 0), 0);
  return (
    <Page
      title={t('title')}
      actions={
        <>
          <FilterTabs<EvidenceState | 'all'>
            label={t('filter')}
            options={[
              { value: 'all', label: t('filter.all'), count: total },
              ...evidenceStates.map((each) => ({
                value: each,
                label: t(`tab.${each}`),
                count: counts.data?.[each],
              })),
            ]}
            value={state ?? 'all'}
            onChange={(next) => show({ state: next === 'all' ? undefined : next })}
          />
          <Button size="small" intent="primary" onClick={choose}>
            {t('add.act')}
          </Button>
        </>
      }
    >
      <input
        ref={picker}
        type="file"
        className="cs-hidden"
        tabIndex={-1}
        aria-label={t('add.act')}
        onChange={(event) => {
          setFile(event.currentTarget.files?.[0] ?? null);
          event.currentTarget.value = '';
        }}
      />
      <Deck
        name={t('detail')}
        initialPercent={58}
        queue={
          <DataTable
            label={t('label')}
            columns={columns}
            rows={rows}
            rowKey={(row) => row.id}
            activeKey={shown ?? null}
            onActive={(row) => show({ state, item: row.id })}
            empty={
              state === undefined ? (
                <EmptyState
                  title={t('empty.title')}
                  text={t('empty.text')}
                  actions={
                    <Button intent="primary" onClick={choose}>
                      {t('add.act')}
                    </Button>
                  }
                />
              ) : (
                <EmptyState title={t('empty.filtered')} />
              )
            }
          />
        }
        item={
          shown === undefined ? (
            <p className="cs-muted cs-evidence">{t('pick.one')}</p>
          ) : (
            <Item key={shown} id={shown} />
          )
        }
      />
      {over && (
        <div className="cs-drop" aria-hidden="true">
          <p>{t('add.drop')}</p>
          <p className="cs-muted">{t('add.only')}</p>
        </div>
      )}
      {file && (
        <AddDialog
          file={file}
          onClose={() => setFile(null)}
          onAdded={(id) => {
            setFile(null);
            show({ item: id });
          }}
        />
      )}
    </Page>
  );
}
