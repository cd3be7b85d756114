/** What can be done to a key: what is allowed, the asking, the doing, and what is said afterwards. */
import { Button } from '@blueprintjs/core';
import { useQuery } from '@tanstack/react-query';
import type { Key, KeyRotation } from '../../../contract/keys.ts';
import { client, orpc, refetchRooms } from '../app/data.ts';
import { KeyCaps, notify, notifyProblem } from '../kit/index.ts';
import { checkKeys } from './check.ts';
import { policyOf, stepsOf } from './choosing.ts';
import { DestroyDialog, type DestroyWhat } from './DestroyDialog.tsx';
import { CompromiseDialog, RetireDialog, RotateDialog, type RotateWhat } from './dialogs.tsx';
import { t } from './messages.ts';

export type Question = 'rotate' | 'compromise' | 'retire' | 'destroy';
type Allowed = Readonly<Record<Question, boolean>>;

const NOTHING: Allowed = { rotate: false, compromise: false, retire: false, destroy: false };

export interface Acts {
  readonly allowed: Allowed;
  /** Whether replacing the key takes two people. */
  readonly needsTwo: boolean;
  rotate(what: RotateWhat): void;
  compromise(reason: string): void;
  retire(): void;
  destroy(what: DestroyWhat, confirm: string): void;
  /** Pauses what runs, resumes what is paused. */
  turn(rotation: KeyRotation): void;
  check(): void;
}

export function useActs(key: Key | undefined, onAsked: () => void): Acts {
  const policies = useQuery(orpc.keys.policies.queryOptions());
  const policy = key && policyOf(key, policies.data);
  const act = async (step: () => Promise<string | null>) => {
    onAsked();
    try {
      const text = await step();
      if (text !== null) notify({ text, tone: 'success' });
    } catch (error) {
      notifyProblem(error);
    }
    refetchRooms(['keys', 'audit', 'incidents']);
  };
  const id = key?.id ?? '';
  return {
    allowed: key ? stepsOf(key) : NOTHING,
    needsTwo: policy !== undefined && !policy.unattended,
    rotate: (what) =>
      void act(async () => {
        const { replaced } = await client.keys.rotate(what);
        return t('rotate.done', { count: replaced.length });
      }),
    compromise: (reason) =>
      void act(async () => {
        const { replacedBy } = await client.keys.markCompromised({ keyId: id, reason });
        return replacedBy === null
          ? t('compromise.done')
          : t('compromise.doneReplaced', { successor: replacedBy });
      }),
    retire: () =>
      void act(async () => {
        await client.keys.retire({ keyId: id });
        return t('retire.done', { id });
      }),
    destroy: (what, confirm) =>
      void act(async () => {
        const { keyIds, values } = await client.keys.destroy({ ...what, confirm });
        const lost = values.reduce((sum, { count }) => sum + count, 0);
        return t('destroy.done', { keys: keyIds.length, values: lost });
      }),
    turn: ({ id: rotationId, state }) =>
      void act(async () => {
        await (state === 'paused'
          ? client.keys.resumeRotation({ rotationId })
          : client.keys.pauseRotation({ rotationId }));
        return null;
      }),
    check: () => void checkKeys(),
  };
}

const COMBOS: Readonly<Record<Question, string>> = {
  rotate: 'r',
  compromise: 'm',
  retire: 'e',
  destroy: 'd',
};

/** The buttons under the right hand; the first one is what is done most. */
export function Actions({
  allowed,
  onAsk,
}: {
  readonly allowed: Allowed;
  readonly onAsk: (question: Question) => void;
}) {
  return (['rotate', 'compromise', 'retire', 'destroy'] as const)
    .filter((question) => allowed[question])
    .map((question) => (
      <Button
        key={question}
        intent={question === 'rotate' ? 'primary' : 'none'}
        endIcon={<KeyCaps combo={COMBOS[question]} />}
        onClick={() => onAsk(question)}
      >
        {t(`act.${question}`)}
      </Button>
    ));
}

/** The dialog of a question. */
export function KeyDialog({
  question,
  of: key,
  acts,
  onClose,
}: {
  readonly question: Question;
  readonly of: Key;
  readonly acts: Acts;
  readonly onClose: () => void;
}) {
  const { needsTwo } = acts;
  const shared = { of: key, onClose };
  if (question === 'rotate') return <RotateDialog {...shared} needsTwo={needsTwo} onAnswer={acts.rotate} />;
  if (question === 'compromise')
    return <CompromiseDialog {...shared} needsTwo={needsTwo} onAnswer={acts.compromise} />;
  if (question === 'retire') return <RetireDialog {...shared} onAnswer={acts.retire} />;
  return <DestroyDialog {...shared} onAnswer={acts.destroy} />;
}
