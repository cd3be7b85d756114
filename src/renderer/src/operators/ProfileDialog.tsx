import { Button, DialogBody, DialogFooter, FormGroup, InputGroup } from '@blueprintjs/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import type { OperatorLine } from '../../../contract/operators.ts';
import { client, refetchRooms } from '../app/data.ts';
import { Dialog, ErrorState, Facts, notify } from '../kit/index.ts';
import { SecretField } from '../vault/SecretField.tsx';
import { StrengthWords, useStrength } from '../vault/StrengthWords.tsx';
import { isWait, useWait } from '../vault/useWait.ts';
import { t } from './messages.ts';
import { useSession } from './useSession.ts';

/** Who one is here, by which key one signs, and one's own passphrase. */
export function ProfileDialog(props: { readonly operator: OperatorLine; readonly onClose: () => void }) {
  const { operator, onClose } = props;
  const [old, setOld] = useState('');
  const [next, setNext] = useState('');
  const [repeat, setRepeat] = useState('');
  const [code, setCode] = useState('');
  const codeId = useId();
  const factor = useSession(true).data?.secondFactor;
  const strength = useStrength(next, operator.name);
  const change = useMutation({
    mutationFn: () =>
      client.operators.changePassphrase({ passphrase: old, newPassphrase: next, code: code.trim() }),
    onSuccess: () => {
      onClose();
      notify({ text: t('profile.done'), tone: 'success' });
      refetchRooms(['audit']);
    },
    onError: () => setCode(''),
  });
  const waitSeconds = useWait(change.error);
  const mismatch = repeat !== '' && repeat !== next;
  const isReady =
    old !== '' && next !== '' && next === repeat && /^\d{6}$/.test(code.trim()) && waitSeconds === 0;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isReady && !change.isPending) change.mutate();
  };
  const roles = [...operator.roles, ...operator.lentRoles].map((role) => t(`role.${role}`)).join(', ');
  return (
    <Dialog
      isOpen
      className="cs-slot-dialog"
      title={t('profile.title', { name: operator.name })}
      onClose={onClose}
      canOutsideClickClose={false}
      canEscapeKeyClose={!change.isPending}
      isCloseButtonShown={!change.isPending}
    >
      <form onSubmit={submit}>
        <DialogBody>
          <Facts
            facts={[
              [t('list.roles'), roles],
              [t('profile.factor'), factor == null ? '' : t(`factor.${factor}`)],
              [t('profile.suite'), operator.keySuite],
              [t('profile.key'), <span className="cs-mono">{operator.keyFingerprint.slice(0, 32)}</span>],
            ]}
          />
          <h2 className="cs-profile-head">{t('profile.change')}</h2>
          <p className="cs-muted">{t('profile.text')}</p>
          <SecretField label={t('profile.old')} value={old} onChange={setOld} disabled={change.isPending} />
          <SecretField
            label={t('profile.new')}
            value={next}
            onChange={setNext}
            disabled={change.isPending}
            hint={<StrengthWords strength={strength} />}
          />
          <SecretField
            label={t('field.repeat')}
            value={repeat}
            onChange={setRepeat}
            disabled={change.isPending}
            intent={mismatch ? 'danger' : 'none'}
            hint={mismatch ? t('field.mismatch') : ''}
          />
          <FormGroup label={t('signIn.code')} labelFor={codeId} helperText={t('signIn.codeHint')}>
            <InputGroup
              id={codeId}
              value={code}
              inputMode="numeric"
              maxLength={12}
              autoComplete="one-time-code"
              readOnly={change.isPending}
              onChange={(event) => setCode(event.currentTarget.value)}
            />
          </FormGroup>
          {waitSeconds > 0 && <p role="status">{t('signIn.wait', { seconds: waitSeconds })}</p>}
          {change.isError && !isWait(change.error) && <ErrorState error={change.error} />}
        </DialogBody>
        <DialogFooter
          actions={
            <>
              <Button onClick={onClose} disabled={change.isPending}>
                {t('act.cancel')}
              </Button>
              <Button type="submit" intent="primary" disabled={!isReady} loading={change.isPending}>
                {t('profile.submit')}
              </Button>
            </>
          }
        />
      </form>
    </Dialog>
  );
}
