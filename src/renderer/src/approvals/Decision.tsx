import { Button } from '@blueprintjs/core';
import type { ApprovalDetail } from '../../../contract/approvals.ts';
import { KeyCaps } from '../kit/index.ts';
import { carryWords } from '../packets/index.ts';
import { t } from './messages.ts';

export type Act = 'agree' | 'veto' | 'withdraw' | 'bring' | 'packet' | 'receipt';

export const ACT_KEYS: Readonly<Record<Act, string>> = {
  agree: 'a',
  veto: 'v',
  withdraw: 'w',
  bring: 'b',
  packet: 'p',
  receipt: 'c',
};

/** What can be done with a request as it stands; the first is what is done most. */
export function actsOf(detail: ApprovalDetail | undefined): Act[] {
  if (detail === undefined) return [];
  const { state, mine } = detail;
  const acts: Act[] = [];
  if (state === 'pending' && mine === 'answer') acts.push('agree', 'veto');
  if (state === 'approved' && mine === 'made' && detail.bringsAnew) acts.push('bring');
  if (mine === 'made' && (state === 'pending' || state === 'approved')) acts.push('withdraw');
  if (state === 'pending') acts.push('packet');
  if (detail.executedRecord !== null) acts.push('receipt');
  return acts;
}

const INTENTS = { agree: 'primary', bring: 'primary', veto: 'danger' } as const;
const intentOf = (act: Act) => (act in INTENTS ? INTENTS[act as keyof typeof INTENTS] : 'none');

const LABELS: Readonly<Record<Act, () => string>> = {
  agree: () => t('act.agree'),
  veto: () => t('act.veto'),
  withdraw: () => t('act.withdraw'),
  bring: () => t('act.bring'),
  packet: () => carryWords.export(),
  receipt: () => t('act.receipt'),
};

export function Decision({
  acts,
  onAct,
}: {
  readonly acts: readonly Act[];
  readonly onAct: (act: Act) => void;
}) {
  return acts.map((act) => (
    <Button
      key={act}
      intent={intentOf(act)}
      {...(act === 'packet' || act === 'receipt' ? { variant: 'minimal' as const } : {})}
      endIcon={<KeyCaps combo={ACT_KEYS[act]} />}
      onClick={() => onAct(act)}
    >
      {LABELS[act]()}
    </Button>
  ));
}
