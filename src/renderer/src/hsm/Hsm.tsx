import { Button } from '@blueprintjs/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { HsmKey, HsmRun, HsmStatus, HsmToken } from '../../../contract/hsm.ts';
import { client, orpc, refetchRooms } from '../app/data.ts';
import {
  EmptyState,
  ErrorState,
  FilterTabs,
  notify,
  notifyProblem,
  Page,
  RelativeTime,
  Skeleton,
  useKeys,
} from '../kit/index.ts';
import { useMay } from '../privacy/reveal.tsx';
import { type HsmAsk, HsmDialog } from './dialogs.tsx';
import { type KeyAct, KeyList, PlanTable, RequestList, RunList } from './Lists.tsx';
import { useHsmStatus } from './Mark.tsx';
import { t } from './messages.ts';
import { type TokenAct, TokenDetail, TokenTable } from './Tokens.tsx';
import './hsm.css';

const TABS = ['keys', 'requests', 'runs', 'plans'] as const;
type Tab = (typeof TABS)[number];

/** Tells that an act failed; the screen asks again either way. */
async function attempt(work: () => Promise<unknown>, told?: string): Promise<void> {
  try {
    await work();
    if (told !== undefined) notify({ text: told, tone: 'success' });
  } catch (error) {
    notifyProblem(error);
  } finally {
    refetchRooms(['hsm', 'incidents']);
  }
}

/** Tokens with their health and circuits, what each can do, their keys, and what waits for them. */
export function Hsm() {
  const status = useHsmStatus();
  const keys = useQuery(orpc.hsm.keys.queryOptions());
  const [ask, setAsk] = useState<HsmAsk | null>(null);
  const [chosenId, setChosen] = useState<number | undefined>();
  const [tab, setTab] = useState<Tab>('keys');
  const tokens = status.data?.tokens ?? [];
  const chosen = tokens.find(({ id }) => id === chosenId) ?? tokens[0];
  const may = useMay('hsm');
  const canMake = may && tokens.some(({ session }) => session === 'open');
  useKeys(t('keys.group'), [
    { combo: 'n', label: t('keys.make'), disabled: !canMake, run: () => setAsk({ kind: 'make' }) },
    {
      combo: 'a',
      label: t('keys.add'),
      disabled: !may || status.data?.available !== true,
      run: () => setAsk({ kind: 'add' }),
    },
  ]);

  const act = (what: TokenAct, token: HsmToken) => {
    const { id: tokenId, name } = token;
    if (what === 'close') {
      void attempt(() => client.hsm.closeSession({ tokenId }), t('done.closed', { name }));
    } else {
      setAsk({ kind: what, token });
    }
  };
  const tokenName = (id: number) => tokens.find((token) => token.id === id)?.name ?? String(id);

  return (
    <Page
      title={t('title')}
      actions={
        may &&
        status.data?.available && (
          <>
            {tokens.length > 1 && (
              <Button size="small" onClick={() => setAsk({ kind: 'move' })}>
                {t('act.move')}
              </Button>
            )}
            <Button
              size="small"
              onClick={() => setAsk({ kind: 'setup' })}
              disabled={status.data.hardwareOnly}
            >
              {t('act.setup')}
            </Button>
            <Button size="small" onClick={() => setAsk({ kind: 'add' })}>
              {t('act.add')}
            </Button>
            <Button
              size="small"
              intent="primary"
              disabled={!canMake}
              onClick={() => setAsk({ kind: 'make' })}
            >
              {t('act.make')}
            </Button>
          </>
        )
      }
    >
      {!may && <p className="cs-muted cs-page-note">{t('looks')}</p>}
      {status.isError && !status.data && (
        <ErrorState error={status.error} onRetry={() => void status.refetch()} />
      )}
      {status.isPending && <Skeleton lines={5} />}
      {status.data && tokens.length > 0 && (
        <Strip status={status.data} keys={keys.data ?? []} onAsk={may ? setAsk : null} />
      )}
      {status.data && tokens.length === 0 && (
        <EmptyState
          title={t(status.data.available ? 'empty.title' : 'unavailable.title')}
          text={t(status.data.available ? 'empty.text' : 'unavailable.text')}
          actions={
            may &&
            status.data.available && (
              <>
                <Button
                  intent="primary"
                  disabled={status.data.hardwareOnly}
                  onClick={() => setAsk({ kind: 'setup' })}
                >
                  {t('act.setup')}
                </Button>
                <Button onClick={() => setAsk({ kind: 'add' })}>{t('act.add')}</Button>
              </>
            )
          }
        />
      )}
      {tokens.length > 0 && (
        <TokenTable tokens={tokens} chosen={chosen?.id} onChoose={setChosen} onAct={may ? act : null} />
      )}
      {chosen && <TokenDetail token={chosen} />}
      {status.data && tokens.length > 0 && (
        <>
          <div className="cs-hsm-tabs">
            <FilterTabs
              label={t('tab.label')}
              value={tab}
              onChange={setTab}
              options={TABS.map((value) => ({
                value,
                label: t(`tab.${value}`),
                ...(value === 'keys' ? { count: keys.data?.length } : {}),
                ...(value === 'requests' ? { count: status.data.queue.waiting } : {}),
              }))}
            />
          </div>
          <Below
            tab={tab}
            status={status.data}
            keys={keys.data ?? []}
            tokenName={tokenName}
            onAsk={may ? setAsk : null}
          />
        </>
      )}
      {ask && <HsmDialog ask={ask} tokens={tokens} onClose={() => setAsk(null)} />}
    </Page>
  );
}

function Below({
  tab,
  status,
  keys,
  tokenName,
  onAsk,
}: {
  readonly tab: Tab;
  readonly status: HsmStatus;
  readonly keys: readonly HsmKey[];
  readonly tokenName: (id: number) => string;
  /** Null for who only looks. */
  readonly onAsk: ((ask: HsmAsk) => void) | null;
}) {
  const actOnRun = (act: 'resume' | 'stop', run: HsmRun) => {
    if (act === 'stop') void attempt(() => client.hsm.stopRun({ id: run.id }));
    else onAsk?.({ kind: 'resumeRun', run });
  };
  if (tab === 'keys') {
    const actOnKey = onAsk && ((kind: KeyAct, key: HsmKey) => onAsk({ kind, key }));
    return <KeyList keys={keys} tokenName={tokenName} onAct={actOnKey} />;
  }
  if (tab === 'requests') return <RequestList />;
  if (tab === 'runs') return <RunList tokenName={tokenName} onAct={onAsk && actOnRun} />;
  return <PlanTable plans={status.plans} />;
}

function Strip({
  status,
  keys,
  onAsk,
}: {
  readonly status: HsmStatus;
  readonly keys: readonly HsmKey[];
  /** Null for who only looks. */
  readonly onAsk: ((ask: HsmAsk) => void) | null;
}) {
  const { tokens, queue, hardwareOnly } = status;
  const ready = tokens.filter(({ session }) => session === 'open').length;
  return (
    <dl className="cs-strip">
      <div>
        <dt>{t('strip.tokens')}</dt>
        <dd>{t('strip.of', { ready, all: tokens.length })}</dd>
      </div>
      <div>
        <dt>{t('strip.queue')}</dt>
        <dd>
          {queue.waiting === 0 ? t('strip.none') : queue.waiting.toLocaleString()}{' '}
          {queue.oldestAtMs !== null && (
            <span className="cs-muted">
              {t.rich('strip.oldest', { time: <RelativeTime key="time" atMs={queue.oldestAtMs} /> })}
            </span>
          )}
        </dd>
      </div>
      <div>
        <dt>{t('strip.keys')}</dt>
        <dd>{keys.filter(({ state }) => state === 'active').length.toLocaleString()}</dd>
      </div>
      <div>
        <dt>{t('strip.policy')}</dt>
        <dd>
          {t(hardwareOnly ? 'policy.hardware' : 'policy.any')}{' '}
          {onAsk && (
            <Button
              size="small"
              variant="outlined"
              onClick={() => onAsk({ kind: 'policy', hardwareOnly: !hardwareOnly })}
            >
              {t(hardwareOnly ? 'policy.allow' : 'policy.refuse')}
            </Button>
          )}
        </dd>
      </div>
    </dl>
  );
}
