import { Button } from '@blueprintjs/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { VaultSlot } from '../../../contract/vault.ts';
import { orpc } from '../app/data.ts';
import {
  type Brought,
  type Column,
  DataTable,
  EmptyState,
  Page,
  RelativeTime,
  rowsOf,
  StatusTag,
  useBrought,
  useKeys,
} from '../kit/index.ts';
import { broughtAct, type SlotAct, SlotDialog } from './SlotDialog.tsx';
import { t } from './slotMessages.ts';
import { kindWords, nameOfSlot } from './slotNames.ts';
import './slots.css';

/** What can be brought back here once it is countersigned. */
const COMMANDS = ['vault.slots.add', 'vault.slots.replace', 'vault.slots.revoke'];

/** Kind, label, age and last rehearsal of every way into the vault, and what can be done to each. */
export function Slots() {
  const query = useQuery(orpc.vault.slots.list.queryOptions());
  const status = useQuery(orpc.vault.status.queryOptions());
  const rows = rowsOf(query, (data) => data.slots);
  const [activeKey, setActiveKey] = useState<string | null>(null);
  const [act, setAct] = useState<SlotAct | null>(null);
  const [brought, setBrought] = useState<Brought | null>(null);
  const chosen = rows.rows.find(({ id }) => id === activeKey) ?? rows.rows[0] ?? null;
  const add = () => setAct({ kind: 'add' });
  const on = (kind: 'replace' | 'revoke' | 'rehearse') => () => {
    if (chosen !== null) setAct({ kind, slot: chosen });
  };
  const close = () => {
    setAct(null);
    setBrought(null);
  };
  useBrought(COMMANDS, query.data !== undefined, (command) => {
    const next = broughtAct(
      command,
      rows.rows.find(({ id }) => id === command.input.slotId),
    );
    setBrought(command);
    setAct(next);
  });
  const canAct = chosen !== null && act === null;
  useKeys(t('keys.group'), [
    { combo: 'n', label: t('act.add'), disabled: !canAct, run: add },
    { combo: 'e', label: t('act.rehearse'), disabled: !canAct, run: on('rehearse') },
    { combo: 'p', label: t('act.replace'), disabled: !canAct, run: on('replace') },
    { combo: 'v', label: t('act.revoke'), disabled: !canAct || !chosen.revocable, run: on('revoke') },
  ]);
  return (
    <Page
      title={t('title')}
      actions={
        <Button intent="primary" size="small" disabled={chosen === null} onClick={add}>
          {t('act.add')}
        </Button>
      }
    >
      <p className="cs-muted cs-slots-intro">{t('intro')}</p>
      <DataTable
        label={t('label')}
        columns={columns}
        rows={rows}
        rowKey={(row) => row.id}
        activeKey={chosen?.id ?? null}
        onActive={(row) => setActiveKey(row.id)}
        onOpen={(row) => setAct({ kind: 'rehearse', slot: row })}
        toolbar={
          chosen !== null && (
            <span className="cs-slots-acts">
              <strong>{t('chosen', { slot: nameOfSlot(chosen) })}</strong>
              <Button size="small" onClick={on('rehearse')}>
                {t('act.rehearse')}
              </Button>
              <Button size="small" onClick={on('replace')}>
                {t('act.replace')}
              </Button>
              <Button size="small" intent="danger" disabled={!chosen.revocable} onClick={on('revoke')}>
                {t('act.revoke')}
              </Button>
            </span>
          )
        }
        empty={<EmptyState title={t('empty.title')} text={t('empty.text')} />}
      />
      {act !== null && (
        <SlotDialog
          act={act}
          slots={rows.rows}
          vaultName={status.data?.name ?? ''}
          brought={brought}
          onClose={close}
        />
      )}
    </Page>
  );
}

const columns: readonly Column<VaultSlot>[] = [
  { id: 'kind', header: () => t('kind'), width: 190, cell: kindWords, sort: kindWords },
  {
    id: 'label',
    header: () => t('name'),
    width: 160,
    grow: 2,
    cell: (row) => row.label || <span className="cs-muted">{t('name.none')}</span>,
    title: (row) => row.label,
    sort: (row) => row.label,
  },
  {
    id: 'made',
    header: () => t('made'),
    width: 130,
    cell: (row) => <RelativeTime atMs={row.createdAtMs} />,
    sort: (row) => row.createdAtMs,
  },
  {
    id: 'rehearsed',
    header: () => t('rehearsed'),
    width: 150,
    cell: (row) =>
      row.lastRehearsedAtMs === null ? (
        <StatusTag status="late" label={t('never')} />
      ) : (
        <RelativeTime atMs={row.lastRehearsedAtMs} />
      ),
    sort: (row) => row.lastRehearsedAtMs ?? 0,
  },
  {
    id: 'revocable',
    header: () => t('state'),
    width: 170,
    cell: (row) => t(row.revocable ? 'state.yes' : 'state.last'),
  },
];
