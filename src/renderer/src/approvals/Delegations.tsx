import { Button } from '@blueprintjs/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { Delegation } from '../../../contract/approvals.ts';
import { client, orpc } from '../app/data.ts';
import {
  type Column,
  DataTable,
  EmptyState,
  engineWords,
  KeyCaps,
  notify,
  notifyProblem,
  Page,
  rowsOf,
  StatusTag,
  TimeCell,
  useKeys,
} from '../kit/index.ts';
import { useSession } from '../operators/useSession.ts';
import { ApprovalsTabs } from './ApprovalsTabs.tsx';
import { LendDialog } from './LendDialog.tsx';
import { t } from './messages.ts';
import { afterAnswer } from './useActs.ts';
import './approvals.css';

const LOOK = { running: 'auto', coming: 'pending', over: 'expired', ended: 'voided' } as const;
/** What runs stands first, then what is coming, then what is over. */
const ORDER: readonly Delegation['state'][] = ['running', 'coming', 'over', 'ended'];

const columnsFor = (titleOf: (policyId: string) => string): readonly Column<Delegation>[] => [
  {
    id: 'from',
    header: () => t('lend.from'),
    width: 150,
    cell: (row) => row.fromName,
    sort: (row) => row.fromName,
  },
  { id: 'to', header: () => t('lend.to'), width: 150, cell: (row) => row.toName, sort: (row) => row.toName },
  {
    id: 'policies',
    header: () => t('lend.policies'),
    width: 180,
    grow: 2,
    cell: (row) => row.policyIds.map(titleOf).join(', '),
    title: (row) => row.policyIds.map(titleOf).join(', '),
  },
  {
    id: 'fromTime',
    header: () => t('lend.fromTime'),
    width: 130,
    cell: (row) => <TimeCell atMs={row.fromMs} />,
    sort: (row) => row.fromMs,
  },
  {
    id: 'until',
    header: () => t('lend.until'),
    width: 130,
    cell: (row) => <TimeCell atMs={row.untilMs} />,
    sort: (row) => row.untilMs,
  },
  {
    id: 'state',
    header: () => t('lend.state'),
    width: 116,
    cell: (row) => <StatusTag status={LOOK[row.state]} label={t(`lend.state.${row.state}`)} />,
    sort: (row) => ORDER.indexOf(row.state),
  },
  {
    id: 'reason',
    header: () => t('lend.reason'),
    width: 140,
    grow: 1,
    cell: (row) => row.reason,
    title: (row) => row.reason,
  },
];

async function endNow({ id, fromName }: Delegation): Promise<void> {
  try {
    await client.approvals.endDelegation({ delegationId: id });
    notify({ text: t('lend.ended', { name: fromName }), tone: 'success' });
  } catch (error) {
    notifyProblem(error);
  }
  afterAnswer();
}

/** Rights to agree that somebody has lent for a time: who, to whom, for what and until when. */
export function Delegations() {
  const query = useQuery(orpc.approvals.delegations.queryOptions());
  const policies = useQuery(orpc.policies.list.queryOptions());
  const session = useSession(true);
  const rows = rowsOf(query, (data) => data);
  const [activeKey, setActiveKey] = useState<string | null>(null);
  const [isLending, setIsLending] = useState(false);
  const columns = useMemo(
    () => columnsFor((id) => engineWords(policies.data?.find((one) => one.id === id)?.title ?? id)),
    [policies.data],
  );
  const chosen = rows.rows.find(({ id }) => id === activeKey) ?? rows.rows[0] ?? null;
  const me = session.data?.operator?.id;
  const mayLend = session.data?.permissions.includes('answer') === true && me !== undefined;
  const canEnd =
    chosen !== null && chosen.fromId === me && (chosen.state === 'running' || chosen.state === 'coming');
  const lend = () => setIsLending(true);
  const end = () => {
    if (chosen !== null) void endNow(chosen);
  };
  useKeys(t('keys.group'), [
    { combo: 'n', label: t('keys.lend'), disabled: !mayLend, run: lend },
    { combo: 'e', label: t('keys.end'), disabled: !canEnd, run: end },
  ]);
  return (
    <Page
      title={t('lend.title')}
      actions={
        <>
          <Button
            size="small"
            intent="primary"
            disabled={!mayLend}
            title={mayLend ? '' : t('may.not')}
            endIcon={<KeyCaps combo="n" />}
            onClick={lend}
          >
            {t('lend.act')}
          </Button>
          <ApprovalsTabs current="delegations" />
        </>
      }
    >
      <p className="cs-muted cs-approvals-intro">{t('lend.intro')}</p>
      <DataTable
        label={t('lend.label')}
        columns={columns}
        rows={rows}
        rowKey={(row) => row.id}
        activeKey={chosen?.id ?? null}
        onActive={(row) => setActiveKey(row.id)}
        toolbar={
          canEnd && (
            <Button size="small" endIcon={<KeyCaps combo="e" />} onClick={end}>
              {t('lend.end')}
            </Button>
          )
        }
        empty={
          <EmptyState
            title={t('lend.empty')}
            text={t('lend.emptyText')}
            actions={
              mayLend && (
                <Button size="small" onClick={lend}>
                  {t('lend.act')}
                </Button>
              )
            }
          />
        }
      />
      {isLending && <LendDialog policies={policies.data ?? []} onClose={() => setIsLending(false)} />}
    </Page>
  );
}
