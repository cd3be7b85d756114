import { Button, DialogBody, DialogFooter, FormGroup, InputGroup } from '@blueprintjs/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import type { SlotKind, VaultSlot } from '../../../contract/vault.ts';
import { client, refetchRooms } from '../app/data.ts';
import { type Brought, Dialog, ErrorState, notify, textOf, useDelayed, whenWaiting } from '../kit/index.ts';
import { type Printed, PrintedOnce } from './PrintedOnce.tsx';
import { EMPTY_DRAFT, NewSlotForm, SecretForm, type SlotDraft, secretOf, slotOf } from './SecretForm.tsx';
import { useStrength } from './StrengthWords.tsx';
import { t } from './slotMessages.ts';
import { nameOfSlot } from './slotNames.ts';
import { isWait, useWait } from './useWait.ts';

/** What is to be done, and to which slot. */
export type SlotAct =
  | { readonly kind: 'add' }
  | { readonly kind: 'replace' | 'revoke' | 'rehearse'; readonly slot: VaultSlot };

/** The act that an approved request is brought back for; null where its slot is gone. */
export function broughtAct({ procedure }: Brought, slot: VaultSlot | undefined): SlotAct | null {
  if (procedure === 'vault.slots.add') return { kind: 'add' };
  if (slot === undefined) return null;
  return { kind: procedure === 'vault.slots.revoke' ? 'revoke' : 'replace', slot };
}

/** A new slot as it was asked for; its secret is typed anew. */
function broughtDraft({ input }: Brought): SlotDraft {
  const made: Brought['input'] =
    typeof input.slot === 'object' && input.slot !== null ? { ...input.slot } : {};
  const kind = (['passphrase', 'recovery-key', 'recovery-quorum'] as const).find((one) => one === made.kind);
  return {
    ...EMPTY_DRAFT,
    label: textOf(input, 'label'),
    ...(kind === undefined ? {} : { kind }),
    ...(kind === 'recovery-quorum' ? { threshold: String(made.threshold), shares: String(made.shares) } : {}),
  };
}

const kindOfFirst = (kinds: readonly SlotKind[]): SlotKind =>
  kinds.includes('passphrase') ? 'passphrase' : (kinds[0] ?? 'passphrase');

/** One dialog for everything that is done to slots: they ask for nearly the same. */
export function SlotDialog(props: {
  readonly act: SlotAct;
  readonly slots: readonly VaultSlot[];
  readonly vaultName: string;
  /** The approved request that this is sent again for. */
  readonly brought?: Brought | null;
  readonly onClose: () => void;
}) {
  const { act, slots, vaultName, brought, onClose } = props;
  const slot = act.kind === 'add' ? null : act.slot;
  const makes = act.kind === 'add' || act.kind === 'replace';
  // A slot is not revoked on its own word, and is rehearsed by nothing else.
  const openers = slots.filter(({ id }) =>
    act.kind === 'revoke' ? id !== slot?.id : act.kind === 'rehearse' ? id === slot?.id : true,
  );
  const kinds = openers.map(({ kind }) => kind);
  const [proof, setProof] = useState<{ kind: SlotKind; text: string }>({
    kind: kindOfFirst(kinds),
    text: '',
  });
  const [draft, setDraft] = useState<SlotDraft>(
    brought ? broughtDraft(brought) : { ...EMPTY_DRAFT, label: slot?.label ?? '' },
  );
  const [typed, setTyped] = useState('');
  const typedId = useId();
  const strength = useStrength(draft.kind === 'passphrase' ? draft.passphrase : '', vaultName);
  const secret = secretOf(proof.kind, proof.text);
  const made = makes ? slotOf(draft, strength) : null;
  const word = slot === null ? '' : slot.label || t(`kind.${slot.kind}`);
  const work = useMutation({
    mutationFn: () => run(act, secret!, made, draft.label),
    onSuccess: (printed) => {
      setProof({ ...proof, text: '' });
      setDraft(EMPTY_DRAFT);
      refetchRooms(['vault', 'audit']);
      notify({ text: t(`${act.kind}.done`), tone: 'success' });
      if (printed === null) onClose();
    },
    onError: whenWaiting(onClose),
  });
  const waitSeconds = useWait(proof.kind === 'passphrase' ? work.error : null);
  const showsWork = useDelayed(work.isPending, 400);
  if (work.data) return <PrintedOnce printed={work.data} vaultName={vaultName} onClose={onClose} />;
  const isReady =
    secret !== null &&
    (!makes || made !== null) &&
    (act.kind !== 'revoke' || typed.trim() === word) &&
    waitSeconds === 0;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isReady && !work.isPending) work.mutate();
  };
  const changesKeys = act.kind === 'replace' || act.kind === 'revoke';
  return (
    <Dialog
      isOpen
      className="cs-slot-dialog"
      title={t(`${act.kind}.title`, { slot: slot === null ? '' : nameOfSlot(slot) })}
      onClose={onClose}
      canOutsideClickClose={false}
      canEscapeKeyClose={!work.isPending}
      isCloseButtonShown={!work.isPending}
    >
      <form onSubmit={submit}>
        <DialogBody>
          <p>{t(`${act.kind}.what`)}</p>
          {act.kind === 'revoke' && <BeforeAfter count={slots.length} />}
          <SecretForm
            title={t(
              act.kind === 'revoke'
                ? 'revoke.proof'
                : act.kind === 'rehearse'
                  ? 'secret.title'
                  : 'proof.title',
            )}
            kinds={kinds}
            kind={proof.kind}
            text={proof.text}
            disabled={work.isPending}
            onChange={(kind, text) => setProof({ kind, text })}
          />
          {makes && (
            <NewSlotForm draft={draft} strength={strength} disabled={work.isPending} onChange={setDraft} />
          )}
          {act.kind === 'revoke' && (
            <FormGroup label={t('revoke.type', { word })} labelFor={typedId}>
              <InputGroup
                id={typedId}
                autoComplete="off"
                spellCheck={false}
                value={typed}
                readOnly={work.isPending}
                onChange={(event) => setTyped(event.currentTarget.value)}
              />
            </FormGroup>
          )}
          {waitSeconds > 0 && <p role="status">{t('wait.seconds', { seconds: waitSeconds })}</p>}
          {work.isError && !isWait(work.error) && <ErrorState error={work.error} />}
          {showsWork && <p role="status">{t(changesKeys ? 'busy.new' : 'busy.proof')}</p>}
        </DialogBody>
        <DialogFooter
          actions={
            <>
              <Button onClick={onClose} disabled={work.isPending}>
                {t('act.cancel')}
              </Button>
              <Button
                type="submit"
                intent={act.kind === 'revoke' ? 'danger' : 'primary'}
                disabled={!isReady}
                loading={work.isPending}
              >
                {t(`act.${act.kind}`)}
              </Button>
            </>
          }
        />
      </form>
    </Dialog>
  );
}

/** Does it, and answers what is to be printed, where anything is. */
async function run(
  act: SlotAct,
  secret: NonNullable<ReturnType<typeof secretOf>>,
  slot: ReturnType<typeof slotOf>,
  label: string,
): Promise<Printed | null> {
  const { slots } = client.vault;
  if (act.kind === 'revoke') await slots.revoke({ proof: secret, slotId: act.slot.id });
  else if (act.kind === 'rehearse') await slots.rehearse({ secret, slotId: act.slot.id });
  else if (slot !== null) {
    const made =
      act.kind === 'add'
        ? await slots.add({ proof: secret, slot, label })
        : await slots.replace({ proof: secret, slotId: act.slot.id, slot, label });
    const { recoveryKey, shares } = made;
    const threshold = made.slot.quorum?.threshold ?? null;
    return recoveryKey === null && shares.length === 0 ? null : { recoveryKey, shares, threshold };
  }
  return null;
}

function BeforeAfter({ count }: { readonly count: number }) {
  return (
    <table className="cs-before-after">
      <tbody>
        <tr>
          <th scope="row">{t('revoke.before')}</th>
          <td>{t('revoke.count', { count })}</td>
        </tr>
        <tr>
          <th scope="row">{t('revoke.after')}</th>
          <td>{t('revoke.count', { count: count - 1 })}</td>
        </tr>
      </tbody>
    </table>
  );
}
