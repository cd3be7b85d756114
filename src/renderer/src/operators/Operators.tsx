import { Button } from '@blueprintjs/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { OperatorLine } from '../../../contract/operators.ts';
import { client, orpc, refetchRooms } from '../app/data.ts';
import {
  type Brought,
  type Column,
  DataTable,
  EmptyState,
  notify,
  notifyProblem,
  Page,
  RelativeTime,
  rowsOf,
  StatusTag,
  useBrought,
  useKeys,
} from '../kit/index.ts';
import { carryWords, EnrolCardDialog } from '../packets/index.ts';
import { t } from './messages.ts';
import { type OperatorAct, OperatorDialog } from './OperatorDialog.tsx';
import { SmartCardDialog } from './SmartCardDialog.tsx';
import { useSession } from './useSession.ts';
import '../vault/slots.css';

function dutiesText({ kind, roles, lentRoles, permissions }: OperatorLine): string {
  if (kind === 'person') {
    const own = roles.map((role) => t(`role.${role}`));
    return [...own, ...lentRoles.map((role) => t('list.lent', { role: t(`role.${role}`) }))].join(', ');
  }
  return t('list.service', { permissions: permissions.map((one) => t(`may.${one}`)).join(', ') });
}

function stateTag({ state, waitsUntilMs }: OperatorLine) {
  if (state === 'disabled') return <StatusTag status="failed" label={t('state.disabled')} />;
  return waitsUntilMs === null ? (
    <StatusTag status="done" label={t('state.active')} />
  ) : (
    <StatusTag status="late" label={t('state.waits')} />
  );
}

const columns: readonly Column<OperatorLine>[] = [
  {
    id: 'name',
    header: () => t('list.name'),
    width: 170,
    cell: ({ name }) => name,
    sort: ({ name }) => name,
  },
  {
    id: 'roles',
    header: () => t('list.roles'),
    width: 240,
    grow: 2,
    cell: dutiesText,
    title: dutiesText,
    sort: dutiesText,
  },
  { id: 'state', header: () => t('list.state'), width: 170, cell: stateTag },
  {
    id: 'factor',
    header: () => t('list.factor'),
    width: 130,
    cell: ({ kind, card }) =>
      kind === 'service' ? '' : t(`factor.${card === null ? 'totp' : 'hardware-token'}`),
  },
  {
    id: 'made',
    header: () => t('list.made'),
    width: 120,
    cell: (row) => <RelativeTime atMs={row.createdAtMs} />,
    sort: (row) => row.createdAtMs,
  },
  {
    id: 'seen',
    header: () => t('list.seen'),
    width: 130,
    cell: (row) =>
      row.lastSignInAtMs === null ? (
        <span className="cs-muted">{t('list.never')}</span>
      ) : (
        <RelativeTime atMs={row.lastSignInAtMs} />
      ),
    sort: (row) => row.lastSignInAtMs ?? 0,
  },
];

const isAuditor = ({ roles }: OperatorLine): boolean => roles.includes('auditor');

/** Disables somebody, or lets them in again. */
async function setState({ id, name }: OperatorLine, to: 'disable' | 'enable'): Promise<void> {
  try {
    await client.operators[to]({ id });
    notify({ text: t(`done.${to}`, { name }), tone: 'success' });
  } catch (error) {
    notifyProblem(error);
  }
  refetchRooms(['operators', 'audit']);
}

/** What can be brought back here once it is countersigned. */
const COMMANDS = [
  'operators.create',
  'operators.resetSecondFactor',
  'operators.resetPassphrase',
  'approvals.enrolCard',
  'operators.enrolSmartCard',
];

/** The act that an approved request is brought back for; null where its operator is gone. */
function broughtAct(command: Brought, all: readonly OperatorLine[]): OperatorAct | null {
  const { procedure, input } = command;
  if (procedure === 'operators.create')
    return { kind: input.kind === 'service' ? 'service' : 'create', brought: command };
  const operator = all.find(({ id }) => id === input.id);
  if (operator === undefined) return null;
  return { kind: procedure === 'operators.resetPassphrase' ? 'passphrase' : 'reset', operator };
}

/** Who may sign in and as what. */
export function Operators() {
  const query = useQuery(orpc.operators.list.queryOptions());
  const known = useQuery(orpc.operators.roles.queryOptions());
  const session = useSession(true);
  const rows = rowsOf(query, (data) => data.operators);
  const [activeKey, setActiveKey] = useState<string | null>(null);
  const [act, setAct] = useState<OperatorAct | null>(null);
  const [enrolling, setEnrolling] = useState<OperatorLine | null>(null);
  const [carding, setCarding] = useState<OperatorLine | null>(null);
  const chosen = rows.rows.find(({ id }) => id === activeKey) ?? rows.rows[0] ?? null;
  const mayManage = session.data?.permissions.includes('people') === true && known.data !== undefined;
  const isOther = chosen !== null && chosen.id !== session.data?.operator?.id;
  const canAct = mayManage && isOther && act === null;
  const isShut = chosen?.state === 'disabled' || (chosen !== null && chosen.waitsUntilMs !== null);
  const on = (kind: 'roles' | 'reset' | 'passphrase' | 'lend') => () => {
    if (chosen !== null) setAct({ kind, operator: chosen });
  };
  const switchState = () => {
    if (chosen !== null) void setState(chosen, isShut ? 'enable' : 'disable');
  };
  const add = () => setAct({ kind: 'create' });
  useBrought(COMMANDS, known.data !== undefined && query.data !== undefined, (command) => {
    if (command.procedure === 'operators.enrolSmartCard') {
      setCarding(rows.rows.find(({ id }) => id === command.input.id) ?? null);
      return;
    }
    const enrolled = rows.rows.find(({ id }) => id === command.input.operatorId);
    if (enrolled) setEnrolling(enrolled);
    else setAct(broughtAct(command, rows.rows));
  });
  const canLend = canAct && chosen.kind === 'person' && chosen.state === 'active' && !isAuditor(chosen);
  useKeys(t('keys.group'), [
    { combo: 'n', label: t('act.create'), disabled: !mayManage, run: add },
    { combo: 'e', label: t('act.roles'), disabled: !canAct, run: on('roles') },
    { combo: 'b', label: t('act.break'), disabled: !canLend, run: on('lend') },
  ]);
  return (
    <Page
      title={t('title')}
      actions={
        <>
          <Button size="small" disabled={!mayManage} onClick={() => setAct({ kind: 'service' })}>
            {t('act.service')}
          </Button>
          <Button intent="primary" size="small" disabled={!mayManage || query.isPending} onClick={add}>
            {t('act.create')}
          </Button>
        </>
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
        toolbar={
          chosen !== null && (
            <span className="cs-slots-acts">
              <strong>{t('chosen', { name: chosen.name })}</strong>
              <Button size="small" disabled={!canAct} onClick={on('roles')}>
                {t('act.roles')}
              </Button>
              <Button size="small" disabled={!canAct || chosen.kind === 'service'} onClick={on('reset')}>
                {t('act.reset')}
              </Button>
              <Button size="small" disabled={!canAct} onClick={on('passphrase')}>
                {t('act.passphrase')}
              </Button>
              <Button size="small" intent="danger" disabled={!canLend} onClick={on('lend')}>
                {t('act.break')}
              </Button>
              <Button
                size="small"
                disabled={!canAct || chosen.kind === 'service'}
                onClick={() => setCarding(chosen)}
              >
                {t('card.act')}
              </Button>
              <Button
                size="small"
                disabled={!canAct || chosen.kind === 'service'}
                onClick={() => setEnrolling(chosen)}
              >
                {carryWords.enrol()}
              </Button>
              <Button
                size="small"
                intent={isShut ? 'none' : 'danger'}
                disabled={!canAct}
                onClick={switchState}
              >
                {t(isShut ? 'act.enable' : 'act.disable')}
              </Button>
            </span>
          )
        }
        empty={<EmptyState title={t('unnamed.title')} text={t('unnamed.text')} />}
      />
      {enrolling !== null && <EnrolCardDialog operator={enrolling} onClose={() => setEnrolling(null)} />}
      {carding !== null && <SmartCardDialog operator={carding} onClose={() => setCarding(null)} />}
      {act !== null && known.data !== undefined && (
        <OperatorDialog act={act} known={known.data} onClose={() => setAct(null)} />
      )}
    </Page>
  );
}
