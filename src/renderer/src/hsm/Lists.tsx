/** What lies below the tokens: keys, requests that waited, migrations, recovery plans. */
import { Button } from '@blueprintjs/core';
import { useQuery } from '@tanstack/react-query';
import type { HsmKey, HsmRequest, HsmRun, HsmStatus } from '../../../contract/hsm.ts';
import { orpc } from '../app/data.ts';
import {
  type Column,
  DataTable,
  DateCell,
  EmptyState,
  fixedRows,
  rowsOf,
  StatusTag,
  TimeCell,
  usePages,
} from '../kit/index.ts';
import { t } from './messages.ts';

const ID_CHARACTERS = 12;
type TokenName = (id: number) => string;

export type KeyAct = 'retire' | 'retireCopy' | 'destroy';
type OnKeyAct = (act: KeyAct, key: HsmKey) => void;

/** What can be done with a key as it stands: the last copy in use goes with the key alone. */
function actsOf({ state, copies }: HsmKey): KeyAct[] {
  const count = (wanted: HsmKey['copies'][number]['state']) =>
    copies.filter((copy) => copy.state === wanted).length;
  return [
    ...(count('active') > 1 ? (['retireCopy'] as const) : []),
    ...(state === 'active' ? (['retire'] as const) : []),
    ...(count('retired') > 0 ? (['destroy'] as const) : []),
  ];
}

const keyColumns = (tokenName: TokenName): readonly Column<HsmKey>[] => [
  { id: 'name', header: () => t('key.name'), width: 140, grow: 1, cell: (key) => key.name },
  { id: 'algorithm', header: () => t('key.algorithm'), width: 110, cell: (key) => key.algorithm },
  {
    id: 'state',
    header: () => t('key.state'),
    width: 96,
    cell: (key) => (
      <StatusTag status={key.state === 'active' ? 'green' : 'expired'} label={t(`key.${key.state}`)} />
    ),
  },
  {
    id: 'where',
    header: () => t('key.where'),
    width: 150,
    grow: 1,
    cell: ({ copies }) =>
      copies
        .filter(({ state }) => state === 'active')
        .map(({ tokenId }) => tokenName(tokenId))
        .join(', '),
  },
  {
    id: 'origin',
    header: () => t('key.origin'),
    width: 190,
    grow: 1,
    cell: (key) => <span className="cs-muted">{originWords(key, tokenName)}</span>,
    title: (key) => originWords(key, tokenName),
  },
  {
    id: 'migrates',
    header: () => t('key.migrates'),
    width: 110,
    cell: (key) => t(key.mayMigrate ? 'key.yes' : 'key.no'),
  },
  {
    id: 'rotate',
    header: () => t('key.rotate'),
    width: 110,
    cell: (key) => <DateCell date={new Date(key.rotateByMs).toISOString().slice(0, 10)} />,
  },
  {
    id: 'id',
    header: () => t('key.id'),
    width: 120,
    cell: (key) => <span className="cs-mono cs-muted">{key.keyId.slice(0, ID_CHARACTERS)}</span>,
    title: (key) => key.keyId,
  },
];

const keyActs = (onAct: OnKeyAct): Column<HsmKey> => ({
  id: 'acts',
  header: () => t('token.acts'),
  width: 190,
  cell: (key) =>
    actsOf(key).map((act) => (
      <Button key={act} size="small" variant="minimal" onClick={() => onAct(act, key)}>
        {t(`act.${act}`)}
      </Button>
    )),
});

function originWords({ copies }: HsmKey, tokenName: TokenName): string {
  return copies
    .flatMap(({ origin }) =>
      origin === null ? [] : [t('key.from', { token: tokenName(origin.tokenId), kem: origin.wrappedWith })],
    )
    .join(', ');
}

export function KeyList({
  keys,
  tokenName,
  onAct,
}: {
  readonly keys: readonly HsmKey[];
  readonly tokenName: TokenName;
  /** Null for who only looks. */
  readonly onAct: OnKeyAct | null;
}) {
  return (
    <DataTable
      label={t('tab.keys')}
      columns={[...keyColumns(tokenName), ...(onAct === null ? [] : [keyActs(onAct)])]}
      rows={fixedRows(keys)}
      rowKey={(key) => key.keyId}
      empty={<EmptyState title={t('key.empty')} />}
    />
  );
}

const requestColumns: readonly Column<HsmRequest>[] = [
  {
    id: 'id',
    header: () => t('request.id'),
    width: 260,
    grow: 1,
    cell: ({ id }) => <span className="cs-mono">{id}</span>,
  },
  {
    id: 'key',
    header: () => t('request.key'),
    width: 130,
    cell: ({ keyId }) => <span className="cs-mono cs-muted">{keyId.slice(0, ID_CHARACTERS)}</span>,
    title: ({ keyId }) => keyId,
  },
  {
    id: 'state',
    header: () => t('request.state'),
    width: 200,
    cell: ({ state, code }) => (
      <>
        <StatusTag
          status={state === 'queued' ? 'pending' : state === 'answered' ? 'done' : 'refused'}
          label={t(`request.${state}`)}
        />{' '}
        <span className="cs-muted">{code}</span>
      </>
    ),
  },
  {
    id: 'asked',
    header: () => t('request.asked'),
    width: 150,
    cell: ({ askedAtMs }) => <TimeCell atMs={askedAtMs} />,
  },
  {
    id: 'ended',
    header: () => t('request.ended'),
    width: 150,
    cell: ({ endedAtMs }) => (endedAtMs === null ? null : <TimeCell atMs={endedAtMs} />),
  },
];

export function RequestList() {
  const rows = usePages(orpc.hsm.requests, {});
  return (
    <DataTable
      label={t('tab.requests')}
      columns={requestColumns}
      rows={rows}
      rowKey={({ id }) => id}
      empty={<EmptyState title={t('request.empty')} />}
    />
  );
}

const countOf = (run: HsmRun, ...outcomes: HsmRun['keys'][number]['outcome'][]) =>
  run.keys.filter(({ outcome }) => outcomes.includes(outcome)).length;

type OnRunAct = (act: 'resume' | 'stop', run: HsmRun) => void;

const runColumns = (tokenName: TokenName): readonly Column<HsmRun>[] => [
  {
    id: 'started',
    header: () => t('run.id'),
    width: 150,
    cell: (run) => <TimeCell atMs={run.startedAtMs} />,
  },
  { id: 'from', header: () => t('run.from'), width: 120, grow: 1, cell: (run) => tokenName(run.sourceId) },
  { id: 'to', header: () => t('run.to'), width: 120, grow: 1, cell: (run) => tokenName(run.targetId) },
  {
    id: 'purpose',
    header: () => t('run.purpose'),
    width: 215,
    cell: (run) => `${t(`run.${run.purpose}`)} · ${run.kem}`,
  },
  {
    id: 'state',
    header: () => t('run.state'),
    width: 100,
    cell: (run) => (
      <StatusTag status={run.state === 'stopped' ? 'pending' : run.state} label={t(`run.${run.state}`)} />
    ),
  },
  { id: 'keys', header: () => t('run.keys'), width: 280, grow: 2, cell: progressWords, title: progressWords },
  {
    id: 'wrapping',
    header: () => t('run.wrapping'),
    width: 130,
    cell: (run) =>
      run.state === 'running' ? null : (
        <StatusTag
          status={run.wrappingKeyDeleted ? 'done' : 'high'}
          label={t(run.wrappingKeyDeleted ? 'run.deleted' : 'run.there')}
        />
      ),
  },
];

const runActs = (onAct: OnRunAct): Column<HsmRun> => ({
  id: 'acts',
  header: () => t('token.acts'),
  width: 90,
  cell: (run) =>
    run.state === 'done' ? null : (
      <Button
        size="small"
        variant="minimal"
        onClick={() => onAct(run.state === 'running' ? 'stop' : 'resume', run)}
      >
        {t(run.state === 'running' ? 'act.stopRun' : 'act.resumeRun')}
      </Button>
    ),
});

function progressWords(run: HsmRun): string {
  return t('run.progress', {
    moved: countOf(run, 'moved'),
    replaced: countOf(run, 'replaced'),
    stays: countOf(run, 'stays'),
    left: countOf(run, 'waiting', 'failed'),
  });
}

export function RunList({
  tokenName,
  onAct,
}: {
  readonly tokenName: TokenName;
  readonly onAct: OnRunAct | null;
}) {
  const runs = useQuery(orpc.hsm.migrations.queryOptions());
  return (
    <DataTable
      label={t('tab.runs')}
      columns={[...runColumns(tokenName), ...(onAct === null ? [] : [runActs(onAct)])]}
      rows={rowsOf(runs, (all) => all)}
      rowKey={({ id }) => id}
      empty={<EmptyState title={t('run.empty')} />}
    />
  );
}

/** The recovery plans, as the engine has them. */
export function PlanTable({ plans }: { readonly plans: HsmStatus['plans'] }) {
  const heads = ['component', 'check', 'failures', 'steps', 'attempts', 'coolDown'] as const;
  return (
    <div className="cs-hsm-plans">
      <table className="cs-plain-table" aria-label={t('tab.plans')}>
        <thead>
          <tr>
            {heads.map((head) => (
              <th key={head} scope="col">
                {t(`plan.${head}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {plans.map((plan) => (
            <tr key={plan.component}>
              <td>{t(`component.${plan.component}`)}</td>
              <td>
                {plan.checkEveryMs === null
                  ? t('plan.use')
                  : t('plan.every', { seconds: plan.checkEveryMs / 1_000 })}
              </td>
              <td>{plan.failures}</td>
              <td>{plan.steps.map((step) => t(`step.${step}`)).join(' → ')}</td>
              <td>{plan.attempts}</td>
              <td>{t('plan.seconds', { seconds: plan.coolDownMs / 1_000 })}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
