import { Button, Callout, DialogBody, DialogFooter } from '@blueprintjs/core';
import { useMutation } from '@tanstack/react-query';
import { useRef } from 'react';
import { client } from '../app/data.ts';
import { Dialog, ErrorState, engineWords, Facts, TimeCell } from '../kit/index.ts';
import { Hex } from './Hex.tsx';
import { t } from './messages.ts';

/** Checks a transcript from a file, of whatever console. */
export function VerifyDialog({ onClose }: { readonly onClose: () => void }) {
  const picker = useRef<HTMLInputElement>(null);
  const check = useMutation({
    mutationFn: async (file: File) => client.ceremonies.verify({ text: await file.text() }),
  });
  return (
    <Dialog isOpen className="cs-slot-dialog" title={t('verify.title')} onClose={onClose}>
      <DialogBody>
        <p>{t('verify.text')}</p>
        <Button intent="primary" autoFocus loading={check.isPending} onClick={() => picker.current?.click()}>
          {t('verify.file')}
        </Button>
        <input
          ref={picker}
          type="file"
          accept=".json,application/json"
          className="cs-hidden"
          aria-label={t('verify.file')}
          tabIndex={-1}
          onChange={(event) => {
            const [file] = event.currentTarget.files ?? [];
            event.currentTarget.value = '';
            if (file) check.mutate(file);
          }}
        />
        {check.data && <Verdict answer={check.data} />}
        {check.data?.says && <Says says={check.data.says} />}
        {check.isError && <ErrorState error={check.error} />}
      </DialogBody>
      <DialogFooter actions={<Button onClick={onClose}>{t('act.back')}</Button>} />
    </Dialog>
  );
}

/** Who took part with which key, for whoever knows those keys; and what went differently. */
function Says({ says }: { readonly says: NonNullable<Answer['says']> }) {
  const { kind, keyLabel, threshold, shares, startedAtMs, endedAtMs, participants, standIns } = says;
  const withKey = (name: string, fingerprint: string) => (
    <>
      {name} <Hex text={fingerprint} />
    </>
  );
  return (
    <>
      <Facts
        facts={[
          [t('col.kind'), t('run.title', { kind: t(`kind.${kind}`), key: keyLabel })],
          [t('col.quorum'), t('of.quorum', { threshold, shares })],
          [t('col.begun'), <TimeCell key="begun" atMs={startedAtMs} />],
          [t('col.ended'), <TimeCell key="ended" atMs={endedAtMs} />],
        ]}
      />
      <h3>{t('verify.people')}</h3>
      <ul className="cs-ceremony-says">
        {participants.map(({ name, role, fingerprint }) => (
          <li key={fingerprint}>
            {t(`role.${role}`)}: {withKey(name, fingerprint)}
          </li>
        ))}
        {standIns.map(({ name, fingerprint, inPlaceOf }) => (
          <li key={`${inPlaceOf} ${fingerprint}`}>
            {t('sign.inPlaceOf', { name: inPlaceOf })}: {withKey(name, fingerprint)}
          </li>
        ))}
      </ul>
      {says.exceptions.length > 0 && <h3>{t('run.exceptions')}</h3>}
      <ul className="cs-ceremony-says">
        {says.exceptions.map((one, at) => (
          <li key={at}>
            <span className="cs-mono">{one.step}</span>: {t(`class.${one.class}`)}: {one.reason}
          </li>
        ))}
      </ul>
    </>
  );
}

type Answer = Awaited<ReturnType<typeof client.ceremonies.verify>>;

/** What a check came to, with the seal that stands on paper, or the step at fault. */
export function Verdict({ answer }: { readonly answer: Answer }) {
  const { verified, reason, step, rehearsal, seal } = answer;
  return (
    <Callout className="cs-ceremony-verdict" intent={verified ? 'success' : 'danger'} role="status">
      <h3>{t(verified ? 'verify.good' : 'verify.bad')}</h3>
      <p>{engineWords(reason)}</p>
      {verified && rehearsal !== null && <p>{t(rehearsal ? 'verify.rehearsal' : 'verify.real')}</p>}
      {step !== null && (
        <p>
          {t('verify.step')}: <span className="cs-mono">{step}</span>
        </p>
      )}
      {seal !== null && (
        <p>
          {t('over.seal')}: <Hex text={seal} />
        </p>
      )}
    </Callout>
  );
}
