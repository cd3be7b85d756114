import { Button, DialogBody, DialogFooter } from '@blueprintjs/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { permissions as allPermissions, type Permission } from '../../../contract/common.ts';
import {
  LONGEST_LENDING_MINUTES,
  type OperatorLine,
  type RoleId,
  type RolesAnswer,
  roleIds,
} from '../../../contract/operators.ts';
import { client, refetchRooms } from '../app/data.ts';
import { type Brought, Dialog, ErrorState, notify, textOf, whenWaiting } from '../kit/index.ts';
import { conflictOf, EMPTY_PERSON, factorOf, type PersonDraft, personOf, toggled } from './drafting.ts';
import { AccountFields, Choices, FactorFields, LendingFields, PassphraseFields } from './Fields.tsx';
import { t } from './messages.ts';

export type OperatorAct =
  | { readonly kind: 'create' | 'service'; readonly brought?: Brought }
  | {
      readonly kind: 'roles' | 'reset' | 'passphrase' | 'lend';
      readonly operator: OperatorLine;
    };

/** Everything that is typed into the dialog. */
interface Draft {
  readonly person: PersonDraft;
  readonly roles: readonly RoleId[];
  readonly permissions: readonly Permission[];
  /** Of a break-glass: for how long, and why. */
  readonly minutes: number;
  readonly reason: string;
}

/** Long enough to look at what is wrong. */
const USUAL_MINUTES = 30;
const LEAST_REASON = 3;

/** Somebody as they were asked for; passphrase and app are set up anew. */
function broughtDraft({ input }: Brought): Draft {
  const some = <T extends string>(list: unknown, known: readonly T[]): T[] =>
    known.filter((one) => Array.isArray(list) && list.includes(one));
  return {
    person: { ...EMPTY_PERSON, name: textOf(input, 'name') },
    roles: some(input.roles, roleIds),
    permissions: some(input.permissions, allPermissions),
    minutes: USUAL_MINUTES,
    reason: '',
  };
}

function draftFor(act: OperatorAct): Draft {
  if ('brought' in act && act.brought) return broughtDraft(act.brought);
  const operator = 'operator' in act ? act.operator : null;
  return {
    person: { ...EMPTY_PERSON, name: operator?.name ?? '' },
    roles: act.kind === 'lend' ? [] : (operator?.roles ?? []),
    minutes: USUAL_MINUTES,
    reason: '',
    permissions: operator?.kind === 'service' ? operator.permissions : [],
  };
}

/** What is sent once the draft is complete; null before. Answers what to tell. */
function workOf(
  act: OperatorAct,
  { person, roles, permissions, minutes, reason }: Draft,
): (() => Promise<string>) | null {
  const whole = personOf(person);
  switch (act.kind) {
    case 'create':
      if (!whole || roles.length === 0) return null;
      return async () => {
        const { name } = await client.operators.create({ kind: 'person', ...whole, roles: [...roles] });
        return t('done.created', { name });
      };
    case 'service': {
      const { name, passphrase, repeat } = person;
      if (name.trim().length < 2 || passphrase === '' || passphrase !== repeat) return null;
      if (permissions.length === 0) return null;
      return async () => {
        await client.operators.create({ kind: 'service', name, passphrase, permissions: [...permissions] });
        return t('done.enable', { name });
      };
    }
    case 'roles':
      return async () => {
        const { id, name } = act.operator;
        await client.operators.setRoles({ id, roles: [...roles], permissions: [...permissions] });
        return t('done.roles', { name });
      };
    case 'passphrase': {
      const { passphrase, repeat } = person;
      if (passphrase === '' || passphrase !== repeat) return null;
      return async () => {
        const { id, name } = act.operator;
        await client.operators.resetPassphrase({ id, passphrase });
        return t('done.passphrase', { name });
      };
    }
    case 'lend':
      if (roles.length === 0 || reason.trim().length < LEAST_REASON || !isLendable(minutes)) return null;
      return async () => {
        const { id: operatorId, name } = act.operator;
        await client.operators.breakGlass({ operatorId, roles: [...roles], minutes, reason });
        return t('done.lend', { name, minutes });
      };
    case 'reset': {
      const secondFactor = factorOf(person);
      if (secondFactor === null) return null;
      return async () => {
        const { id, name } = act.operator;
        await client.operators.resetSecondFactor({ id, secondFactor });
        return t('done.reset', { name });
      };
    }
  }
}

/** Acts that need a word before their fields. */
const TEXTS = { service: 'service.text', passphrase: 'passphrase.text', lend: 'lend.text' } as const;

/** What somebody may borrow: all but what they hold, and nothing of the auditor's. */
const lendable = ({ roles }: OperatorLine): RoleId[] =>
  roleIds.filter((role) => role !== 'auditor' && !roles.includes(role));

const isLendable = (minutes: number): boolean =>
  Number.isInteger(minutes) && minutes >= 1 && minutes <= LONGEST_LENDING_MINUTES;

const titleOf = (act: OperatorAct): string =>
  'operator' in act ? t(`${act.kind}.title`, { name: act.operator.name }) : t(`${act.kind}.title`);

/** Adds somebody, changes roles, lends them, or sets up another passphrase or second factor. */
export function OperatorDialog(props: {
  readonly act: OperatorAct;
  readonly known: RolesAnswer;
  readonly onClose: () => void;
}) {
  const { act, known, onClose } = props;
  const [draft, setDraft] = useState(() => draftFor(act));
  const { person, roles, permissions } = draft;
  const setPerson = (next: PersonDraft) => setDraft({ ...draft, person: next });
  const isService = act.kind === 'service' || ('operator' in act && act.operator.kind === 'service');
  // What is lent crosses duties on purpose.
  const conflict = act.kind === 'lend' ? null : conflictOf(roles, known.duties);
  const send = workOf(act, draft);
  const work = useMutation({
    mutationFn: async () => send?.(),
    onSuccess: (text) => {
      onClose();
      if (text) notify({ text, tone: 'success' });
      refetchRooms(['operators', 'session', 'audit']);
    },
    onError: whenWaiting(onClose),
  });
  const isReady = send !== null && conflict === null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isReady && !work.isPending) work.mutate();
  };
  const fields = { draft: person, disabled: work.isPending, onChange: setPerson };
  return (
    <Dialog
      isOpen
      className="cs-slot-dialog"
      title={titleOf(act)}
      onClose={onClose}
      canOutsideClickClose={false}
      canEscapeKeyClose={!work.isPending}
      isCloseButtonShown={!work.isPending}
    >
      <form onSubmit={submit}>
        <DialogBody>
          {act.kind in TEXTS && <p>{t(TEXTS[act.kind as keyof typeof TEXTS])}</p>}
          {!('operator' in act) && <AccountFields {...fields} />}
          {act.kind === 'passphrase' && <PassphraseFields {...fields} />}
          {(act.kind === 'create' || act.kind === 'roles' || act.kind === 'lend') && !isService && (
            <Choices
              legend={t('roles.legend')}
              all={act.kind === 'lend' ? lendable(act.operator) : roleIds}
              chosen={roles}
              disabled={work.isPending}
              words={(role) => t(`role.${role}`)}
              onToggle={(role) => setDraft({ ...draft, roles: toggled(roles, role) })}
            />
          )}
          {isService && (
            <Choices
              legend={t('permissions.legend')}
              all={known.servicePermissions}
              chosen={permissions}
              disabled={work.isPending}
              words={(permission) => t(`may.${permission}`)}
              onToggle={(one) => setDraft({ ...draft, permissions: toggled(permissions, one) })}
            />
          )}
          {conflict !== null && <p role="alert">{t('roles.conflict', { why: conflict })}</p>}
          {act.kind === 'lend' && (
            <LendingFields
              minutes={draft.minutes}
              reason={draft.reason}
              disabled={work.isPending}
              onChange={(changed) => setDraft({ ...draft, ...changed })}
            />
          )}
          {(act.kind === 'create' || act.kind === 'reset') && <FactorFields {...fields} />}
          {work.isError && <ErrorState error={work.error} />}
        </DialogBody>
        <DialogFooter
          actions={
            <>
              <Button onClick={onClose} disabled={work.isPending}>
                {t('act.cancel')}
              </Button>
              <Button type="submit" intent="primary" disabled={!isReady} loading={work.isPending}>
                {t(act.kind === 'lend' ? 'act.lend' : 'act.save')}
              </Button>
            </>
          }
        />
      </form>
    </Dialog>
  );
}
