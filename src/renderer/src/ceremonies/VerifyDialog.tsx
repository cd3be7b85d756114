import { Button, Callout, DialogBody, DialogFooter } from '@blueprintjs/core';
import { useMutation } from '@tanstack/react-query';
import { useRef } from 'react';
import { client } from '../app/data.ts';
import { Dialog, ErrorState, engineWords, Facts } from '../kit/index.ts';
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
        {check.data && <Facts facts={check.data.facts.map(([name, text]) => [engineWords(name), text])} />}
        {check.isError && <ErrorState error={check.error} />}
      </DialogBody>
      <DialogFooter actions={<Button onClick={onClose}>{t('act.back')}</Button>} />
    </Dialog>
  );
}

/** What a check came to, with the seal that stands on paper, or the step at fault. */
export function Verdict({
  answer,
}: {
  readonly answer: Awaited<ReturnType<typeof client.ceremonies.verify>>;
}) {
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
