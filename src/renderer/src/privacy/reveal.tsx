/** Masked values in the clear, for a reason and for a minute, in this window only. */
import { Button } from '@blueprintjs/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect, useMemo, useState } from 'react';
import type { Permission } from '../../../contract/common.ts';
import type { ClearValue, UnmaskKind } from '../../../contract/privacy.ts';
import { client, orpc, queryClient, refetchRooms } from '../app/data.ts';
import { ReasonDialog } from '../compliance/parts.tsx';
import { useKeys } from '../kit/index.ts';
import { t } from './messages.ts';
import './reveal.css';

const SHOWN_MS = 60_000;

interface Revealed {
  readonly values: readonly ClearValue[];
  readonly untilMs: number;
}

/** It lies with all other answers in the cache, and is forgotten with them at a lock. */
const keyOf = (kind: UnmaskKind, id: string) => ['revealed', kind, id];
const hide = (kind: UnmaskKind, id: string) => queryClient.removeQueries({ queryKey: keyOf(kind, id) });

/** Whether the session of this window holds a permission. */
export function useMay(permission: Permission): boolean {
  const session = useQuery({ ...orpc.session.current.queryOptions(), enabled: false });
  return session.data?.permissions.includes(permission) === true;
}

/** What was revealed of a thing, while it is shown. */
function useShown(kind: UnmaskKind, id: string): Revealed | undefined {
  const { data } = useQuery<Revealed>({
    queryKey: keyOf(kind, id),
    queryFn: () => Promise.reject(new Error('it is only ever set')),
    enabled: false,
    gcTime: SHOWN_MS,
  });
  return data;
}

/** An answer with the revealed values in their places. */
export function useRevealed<T>(kind: UnmaskKind, id: string, data: T): T {
  const shown = useShown(kind, id);
  return useMemo(
    () => (shown === undefined || data === undefined ? data : withValues(data, shown.values)),
    [data, shown],
  );
}

/** As `useRevealed`, where a hook cannot stand: in the cells of a table. */
export function Revealed<T>({
  kind,
  id,
  of,
  children,
}: {
  readonly kind: UnmaskKind;
  readonly id: string;
  readonly of: T;
  readonly children: (clear: T) => ReactNode;
}) {
  return children(useRevealed(kind, id, of));
}

export function withValues<T>(data: T, values: readonly ClearValue[]): T {
  return values.reduce<unknown>((whole, { path, value }) => placed(whole, path, value), data) as T;
}

function placed(whole: unknown, path: readonly (string | number)[], value: string): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  if (Array.isArray(whole)) return whole.map((item, at) => (at === step ? placed(item, rest, value) : item));
  if (typeof whole !== 'object' || whole === null || !Object.hasOwn(whole, step)) return whole;
  const fields = whole as Record<string, unknown>;
  return { ...fields, [step]: placed(fields[step], rest, value) };
}

const isMasked = (data: unknown): boolean =>
  typeof data === 'string'
    ? data.includes('•••')
    : typeof data === 'object' && data !== null && Object.values(data).some(isMasked);

/** The way to what is masked: asks why, shows it for a minute, counts that down. Nothing where nothing is masked. */
export function Reveal({
  kind,
  id,
  of: data,
  combo = 'v',
  isRow = false,
}: {
  readonly kind: UnmaskKind;
  readonly id: string;
  /** The answer as it came. */
  readonly of: unknown;
  /** The key that asks; none in the rows of a table. */
  readonly combo?: string | null;
  /** Stands in a row of a table, where a sentence on the role would say the same many times. */
  readonly isRow?: boolean;
}) {
  const may = useMay('unmask');
  const shown = useShown(kind, id);
  const [isAsking, setAsking] = useState(false);
  const isOffered = may && shown === undefined && isMasked(data);
  useKeys(
    t('keys.group'),
    combo === null
      ? []
      : [{ combo, label: t('keys.reveal'), disabled: !isOffered, run: () => setAsking(true) }],
  );
  if (!isMasked(data)) return null;
  if (shown) return <Countdown untilMs={shown.untilMs} onEnd={() => hide(kind, id)} />;
  if (!may) return isRow ? null : <span className="cs-muted">{t('reveal.hidden')}</span>;
  return (
    <>
      <Button size="small" variant={isRow ? 'minimal' : 'solid'} onClick={() => setAsking(true)}>
        {t('reveal.act')}
      </Button>
      {isAsking && <AskDialog kind={kind} id={id} onClose={() => setAsking(false)} />}
    </>
  );
}

function AskDialog({
  kind,
  id,
  onClose,
}: {
  readonly kind: UnmaskKind;
  readonly id: string;
  readonly onClose: () => void;
}) {
  const reveal = useMutation({
    mutationFn: (reason: string) => client.privacy.unmask({ kind, id, reason }),
    onSuccess: ({ values }) => {
      queryClient.setQueryData<Revealed>(keyOf(kind, id), { values, untilMs: Date.now() + SHOWN_MS });
      refetchRooms(['privacy', 'audit']);
      onClose();
    },
  });
  return (
    <ReasonDialog
      title={t('reveal.title')}
      act={t('reveal.do')}
      isRunning={reveal.isPending}
      error={reveal.error}
      onClose={onClose}
      onAct={(reason) => reveal.mutate(reason)}
    >
      <p>{t('reveal.text', { thing: t(`thing.${kind}`, { id }), seconds: SHOWN_MS / 1_000 })}</p>
    </ReasonDialog>
  );
}

function Countdown({ untilMs, onEnd }: { readonly untilMs: number; readonly onEnd: () => void }) {
  const [nowMs, setNowMs] = useState(Date.now());
  const isOver = nowMs >= untilMs;
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), 500);
    return () => clearInterval(timer);
  }, []);
  useEffect(() => {
    if (isOver) onEnd();
  });
  // A screen that is left forgets what it showed.
  useEffect(() => onEnd, []);
  return (
    <span className="cs-reveal" role="status">
      <span aria-live="off">
        {t('reveal.shown', { seconds: Math.max(0, Math.ceil((untilMs - nowMs) / 1_000)) })}
      </span>
      <Button size="small" variant="minimal" onClick={onEnd}>
        {t('reveal.hide')}
      </Button>
    </span>
  );
}
