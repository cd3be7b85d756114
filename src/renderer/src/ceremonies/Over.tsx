import { Button } from '@blueprintjs/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { CeremonyDetail } from '../../../contract/ceremonies.ts';
import { client } from '../app/data.ts';
import { ErrorState, Skeleton } from '../kit/index.ts';
import { saveFile } from './files.ts';
import { t } from './messages.ts';
import { Verdict } from './VerifyDialog.tsx';

/** The end of a ceremony: its transcript, checked at once, its seal, and the file. */
export function Over({
  ceremony,
  onClose,
}: {
  readonly ceremony: CeremonyDetail;
  readonly onClose: () => void;
}) {
  const ceremonyId = ceremony.id;
  const checked = useQuery({
    queryKey: ['ceremonies', 'checked', ceremonyId],
    queryFn: async () => {
      const { text } = await client.ceremonies.transcript({ ceremonyId });
      return client.ceremonies.verify({ text });
    },
  });
  const save = useMutation({
    mutationFn: () => client.ceremonies.transcript({ ceremonyId }),
    onSuccess: ({ name, text }) => saveFile(name, new Blob([text], { type: 'application/json' })),
  });
  return (
    <div className="cs-step">
      <h2>{t(ceremony.state === 'done' ? 'over.done' : 'over.abandoned')}</h2>
      <p className="cs-step-text">{t('over.text')}</p>
      {checked.isPending && <Skeleton lines={3} />}
      {checked.data && <Verdict answer={checked.data} />}
      {checked.isError && <ErrorState error={checked.error} />}
      {save.isError && <ErrorState error={save.error} />}
      <div className="cs-sheet-acts">
        <Button
          size="large"
          autoFocus
          intent="primary"
          loading={save.isPending}
          onClick={() => save.mutate()}
        >
          {t('act.save')}
        </Button>
        <Button size="large" onClick={onClose}>
          {t('over.close')}
        </Button>
      </div>
    </div>
  );
}
