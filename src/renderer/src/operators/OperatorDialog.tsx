import { Button, Dialog, DialogBody, DialogFooter } from '@blueprintjs/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { permissions as allPermissions, type Permission } from '../../../contract/common.ts';
import { type OperatorLine, type RoleId, type RolesAnswer, roleIds } from '../../../contract/operators.ts';
import { client, refetchRooms } from '../app/data.ts';
import { forgetVault } from '../app/feed.ts';
import { type Brought, ErrorState, notify, textOf, whenWaiting } from '../kit/index.ts';
import { conflictOf, EMPTY_PERSON, factorOf, type PersonDraft, personOf, toggled } from './drafting.ts';
import { AccountFields, Choices, FactorFields } from './Fields.tsx';
import { t } from './messages.ts';

export type OperatorAct =
  | { readonly kind: 'name' | 'create' | 'service'; readonly brought?: Brought }
  | { readonly kind: 'roles' | 'reset'; readonly operator: OperatorLine };

/** Everything that is typed into the dialog. */
interface Draft {
  readonly person: PersonDraft;
  /** The first of the two officers, once complete. */
  readonly first: PersonDraft | null;
  readonly roles: readonly RoleId[];
  readonly permissions: readonly Permission[];
}

/** Somebody as they were asked for; passphrase and app are set up anew. */
function broughtDraft({ input }: Brought): Draft {
  const some = <T extends string>(list: unknown, known: readonly T[]): T[] =>
    known.filter((one) => Array.isArray(list) && list.includes(one));
  return {
    person: { ...EMPTY_PERSON, name: textOf(input, 'name') },
    first: null,
    roles: some(input.roles, roleIds),
    permissions: some(input.permissions, allPermissions),
  };
}

function draftFor(act: OperatorAct): Draft {
  if ('brought' in act && act.brought) return broughtDraft(act.brought);
  const operator = 'operator' in act ? act.operator : null;
  return {
    person: { ...EMPTY_PERSON, name: operator?.name ?? '' },
    first: null,
    roles: operator?.roles ?? [],
    permissions: operator?.kind === 'service' ? operator.permissions : [],
  };
}

/** What is sent once the draft is complete; null before. Answers what to tell. */
function workOf(
  act: OperatorAct,
  { person, first, roles, permissions }: Draft,
): (() => Promise<string>) | null {
  const [one, two] = [first && personOf(first), personOf(person)];
  switch (act.kind) {
    case 'name':
      if (!one || !two) return null;
      return async () => {
        await client.operators.nameOfficers({ officers: [one, two] });
        return t('done.named');
      };
    case 'create':
      if (!two || roles.length === 0) return null;
      return async () => {
        const { name } = await client.operators.create({ kind: 'person', ...two, roles: [...roles] });
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

function titleOf(act: OperatorAct, first: PersonDraft | null): string {
  if ('operator' in act) return t(`${act.kind}.title`, { name: act.operator.name });
  if (act.kind === 'name') return t(first === null ? 'first.title' : 'second.title');
  return t(`${act.kind}.title`);
}

/** Names two officers in two steps, adds somebody, changes roles, or sets up another second factor. */
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
  const isFirstStep = act.kind === 'name' && draft.first === null;
  const conflict = conflictOf(roles, known.duties);
  const send = workOf(act, draft);
  const work = useMutation({
    mutationFn: async () => send?.(),
    onSuccess: (text) => {
      onClose();
      if (text) notify({ text, tone: 'success' });
      // From now on the window asks who is there.
      if (act.kind === 'name') forgetVault();
      else refetchRooms(['operators', 'session', 'audit']);
    },
    onError: whenWaiting(onClose),
  });
  const isReady = isFirstStep ? personOf(person) !== null : send !== null && conflict === null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isReady || work.isPending) return;
    if (isFirstStep) setDraft({ ...draft, first: person, person: EMPTY_PERSON });
    else work.mutate();
  };
  const fields = { draft: person, disabled: work.isPending, onChange: setPerson };
  return (
    <Dialog
      isOpen
      className="cs-slot-dialog"
      title={titleOf(act, draft.first)}
      onClose={onClose}
      canOutsideClickClose={false}
      canEscapeKeyClose={!work.isPending}
      isCloseButtonShown={!work.isPending}
    >
      <form onSubmit={submit} key={isFirstStep ? 'first' : 'last'}>
        <DialogBody>
          {act.kind === 'name' && <p>{t('name.text')}</p>}
          {act.kind === 'service' && <p>{t('service.text')}</p>}
          {!('operator' in act) && <AccountFields {...fields} />}
          {(act.kind === 'create' || act.kind === 'roles') && !isService && (
            <Choices
              legend={t('roles.legend')}
              all={roleIds}
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
          {!isService && act.kind !== 'roles' && <FactorFields {...fields} />}
          {work.isError && <ErrorState error={work.error} />}
        </DialogBody>
        <DialogFooter
          actions={
            <>
              <Button onClick={onClose} disabled={work.isPending}>
                {t('act.cancel')}
              </Button>
              <Button type="submit" intent="primary" disabled={!isReady} loading={work.isPending}>
                {t(isFirstStep ? 'act.next' : 'act.save')}
              </Button>
            </>
          }
        />
      </form>
    </Dialog>
  );
}
