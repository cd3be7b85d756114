/** The tokens: how each stands, and what the chosen one can do. */
import { Button, Callout } from '@blueprintjs/core';
import type { ReactNode } from 'react';
import type { HsmStatus, HsmToken } from '../../../contract/hsm.ts';
import { RelativeTime, StatusTag, TimeCell } from '../kit/index.ts';
import { t } from './messages.ts';

export type TokenAct = 'open' | 'close' | 'resume' | 'remove';

const SESSION_STATUS = { open: 'green', lost: 'failed', closed: 'open' } as const;
const CIRCUIT_STATUS = {
  healthy: 'green',
  recovering: 'running',
  'failed-over': 'medium',
  open: 'failed',
  stopped: 'critical',
} as const;

export function TokenTable({
  tokens,
  chosen,
  onChoose,
  onAct,
}: {
  readonly tokens: HsmStatus['tokens'];
  readonly chosen: number | undefined;
  readonly onChoose: (id: number) => void;
  /** Null for who only looks. */
  readonly onAct: ((act: TokenAct, token: HsmToken) => void) | null;
}) {
  const heads = [
    'name',
    'kind',
    'model',
    'serial',
    'session',
    'circuit',
    'check',
    'inFlight',
    'keys',
    ...(onAct === null ? [] : (['acts'] as const)),
  ] as const;
  return (
    <section className="cs-hsm-tokens" aria-label={t('tokens.title')}>
      <table className="cs-plain-table">
        <thead>
          <tr>
            {heads.map((head) => (
              <th
                key={head}
                scope="col"
                className={head === 'keys' || head === 'inFlight' ? 'cs-end' : undefined}
              >
                {t(`token.${head}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {tokens.map((token) => (
            <TokenLine
              key={token.id}
              token={token}
              isChosen={token.id === chosen}
              onChoose={() => onChoose(token.id)}
              onAct={onAct && ((act) => onAct(act, token))}
            />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function TokenLine({
  token,
  isChosen,
  onChoose,
  onAct,
}: {
  readonly token: HsmToken;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
  readonly onAct: ((act: TokenAct) => void) | null;
}) {
  const { session, circuit, lastCheck } = token;
  return (
    <tr>
      <td>
        <button type="button" className="cs-sort cs-hsm-name" aria-pressed={isChosen} onClick={onChoose}>
          {token.name}
        </button>
      </td>
      <td>{t(`kind.${token.kind}`)}</td>
      <td title={token.profileName}>
        {[token.manufacturer, token.model].filter(Boolean).join(' · ') || token.profileName}
      </td>
      <td className="cs-mono">{token.serial}</td>
      <td>
        <StatusTag status={SESSION_STATUS[session]} label={t(`session.${session}`)} />
      </td>
      <td>
        <StatusTag status={CIRCUIT_STATUS[circuit]} label={t(`circuit.${circuit}`)} />{' '}
        <span className="cs-muted">{circuitWords(token)}</span>
      </td>
      <td>
        {lastCheck === null ? (
          <span className="cs-muted">{t('token.never')}</span>
        ) : (
          <>
            <TimeCell atMs={lastCheck.atMs} />{' '}
            <span className="cs-muted">
              {t('token.took', { ms: Math.max(1, Math.round(lastCheck.tookMs)) })}
            </span>
          </>
        )}
      </td>
      <td className="cs-end">{token.inFlight.toLocaleString()}</td>
      <td className="cs-end">{token.keys.toLocaleString()}</td>
      {onAct && (
        <td className="cs-hsm-acts">
          {actsOf(token).map((act) => (
            <Button key={act} size="small" variant="minimal" onClick={() => onAct(act)}>
              {t(`act.${act}`)}
            </Button>
          ))}
        </td>
      )}
    </tr>
  );
}

/** What can be done with a token as it stands. */
function actsOf({ session, circuit, keys }: HsmToken): TokenAct[] {
  const acts: TokenAct[] = [];
  if (circuit === 'open' || circuit === 'stopped') acts.push('resume');
  else if (session !== 'open') acts.push('open');
  if (session === 'open') acts.push('close');
  if (keys === 0) acts.push('remove');
  return acts;
}

function circuitWords({ circuit, retryAtMs, lastError }: HsmToken): ReactNode {
  const parts: ReactNode[] = lastError === null || circuit === 'healthy' ? [] : [lastError];
  if (retryAtMs !== null) {
    parts.push(t.rich('circuit.retry', { time: <RelativeTime key="time" atMs={retryAtMs} /> }));
  }
  if (circuit === 'stopped') parts.push(t('circuit.stoppedWhy'));
  return parts.map((part, index) => (
    <span key={index}>
      {index > 0 && ' · '}
      {part}
    </span>
  ));
}

/** What a token can do: each algorithm and how, its mechanisms, what is known of its library. */
export function TokenDetail({ token }: { readonly token: HsmToken }) {
  const named = token.mechanisms.filter(({ name }) => name !== null);
  const unnamed = token.mechanisms.length - named.length;
  return (
    <section className="cs-hsm-detail" aria-label={t('detail.title', { name: token.name })}>
      <h2>{t('detail.title', { name: token.name })}</h2>
      {token.pinAlmostLocked && (
        <Callout intent="danger" icon={null}>
          {t('open.almost')}
        </Callout>
      )}
      <div className="cs-hsm-columns">
        <Support token={token} isPostQuantum />
        <Support token={token} isPostQuantum={false} />
        <div>
          <h3>{t('detail.mechanisms')}</h3>
          <p className="cs-mono cs-hsm-mechanisms">{named.map(({ name }) => name).join(' · ')}</p>
          {unnamed > 0 && <p className="cs-muted">{t('detail.more', { count: unnamed })}</p>}
          <h3>{t('detail.quirks')}</h3>
          <ul className="cs-hsm-quirks">
            {token.quirks.map((quirk) => (
              <li key={quirk}>{quirk}</li>
            ))}
          </ul>
        </div>
      </div>
    </section>
  );
}

function Support({ token, isPostQuantum }: { readonly token: HsmToken; readonly isPostQuantum: boolean }) {
  const lines = token.algorithms.filter(({ postQuantum }) => postQuantum === isPostQuantum);
  return (
    <table className="cs-plain-table">
      <thead>
        <tr>
          <th scope="col">{t(isPostQuantum ? 'detail.pq' : 'detail.algorithm')}</th>
          <th scope="col">{t('detail.way')}</th>
        </tr>
      </thead>
      <tbody>
        {lines.map(({ algorithm, way }) => (
          <tr key={algorithm}>
            <td>{algorithm}</td>
            <td title={way === null ? undefined : t(`way.${way}Why`)}>
              {way === null ? (
                <span className="cs-muted">{t('way.unknown')}</span>
              ) : (
                <StatusTag
                  status={way === 'none' ? 'refused' : way === 'token' ? 'green' : 'running'}
                  label={t(`way.${way}`)}
                />
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
