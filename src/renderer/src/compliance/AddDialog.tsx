import {
  Button,
  DialogBody,
  DialogFooter,
  FormGroup,
  HTMLSelect,
  InputGroup,
  TextArea,
} from '@blueprintjs/core';
import { type FormEvent, useEffect, useId, useRef, useState } from 'react';
import {
  type EvidenceKind,
  evidenceKinds,
  type RetentionClass,
  retentionClasses,
} from '../../../contract/compliance.ts';
import { refetchRooms } from '../app/data.ts';
import { Dialog, ErrorState, notify, writeBytes, writePercent } from '../kit/index.ts';
import { t } from './messages.ts';
import { sendEvidence } from './sending.ts';

/** Asks what a file is and for how long it must be kept, and seals it. */
export function AddDialog({
  file,
  onClose,
  onAdded,
}: {
  readonly file: File;
  readonly onClose: () => void;
  readonly onAdded: (id: string) => void;
}) {
  const [title, setTitle] = useState(file.name.slice(0, 200));
  const [kind, setKind] = useState<EvidenceKind>('document');
  const [note, setNote] = useState('');
  const [retention, setRetention] = useState<RetentionClass>('10y');
  const [hold, setHold] = useState('');
  const [share, setShare] = useState<number | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const abort = useRef(new AbortController());
  const id = useId();
  useEffect(() => () => abort.current.abort(), []);
  const ready = title.trim() !== '' && (hold.trim() === '' || hold.trim().length >= 3) && share === null;

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!ready) return;
    abort.current = new AbortController();
    setProblem(null);
    setShare(0);
    const work = {
      kind: 'add',
      evidenceKind: kind,
      title: title.trim(),
      retentionClass: retention,
      ...(note.trim() === '' ? {} : { note: note.trim() }),
      ...(hold.trim() === '' ? {} : { holdReason: hold.trim() }),
    } as const;
    try {
      const result = await sendEvidence(file, work, setShare, abort.current.signal);
      refetchRooms(['compliance', 'audit']);
      notify({
        text: t('add.done', { id: result.evidenceId ?? '', until: result.retainUntil ?? '' }),
        tone: 'success',
      });
      onAdded(result.evidenceId ?? '');
    } catch (error) {
      if (!abort.current.signal.aborted) setProblem(error);
      setShare(null);
    }
  };

  return (
    <Dialog isOpen onClose={onClose} title={t('add.title')}>
      <form onSubmit={(event) => void submit(event)}>
        <DialogBody>
          <p className="cs-evidence-file">
            <strong>{file.name}</strong> <span className="cs-muted">{writeBytes(file.size)}</span>
          </p>
          <FormGroup label={t('add.name')} labelFor={`${id}-title`}>
            <InputGroup
              id={`${id}-title`}
              autoFocus
              maxLength={200}
              value={title}
              onChange={(event) => setTitle(event.currentTarget.value)}
            />
          </FormGroup>
          <div className="cs-evidence-pair">
            <FormGroup label={t('add.kind')} labelFor={`${id}-kind`}>
              <HTMLSelect
                id={`${id}-kind`}
                fill
                value={kind}
                onChange={(event) => setKind(event.currentTarget.value as EvidenceKind)}
              >
                {evidenceKinds.map((each) => (
                  <option key={each} value={each}>
                    {t(`kind.${each}`)}
                  </option>
                ))}
              </HTMLSelect>
            </FormGroup>
            <FormGroup label={t('add.retention')} labelFor={`${id}-retention`}>
              <HTMLSelect
                id={`${id}-retention`}
                fill
                value={retention}
                onChange={(event) => setRetention(event.currentTarget.value as RetentionClass)}
              >
                {retentionClasses.map((each) => (
                  <option key={each} value={each}>
                    {t(`years.${each}`)}
                  </option>
                ))}
              </HTMLSelect>
            </FormGroup>
          </div>
          <FormGroup label={t('add.note')} labelFor={`${id}-note`}>
            <TextArea
              id={`${id}-note`}
              fill
              rows={2}
              maxLength={4_000}
              value={note}
              onChange={(event) => setNote(event.currentTarget.value)}
            />
          </FormGroup>
          <FormGroup label={t('add.hold')} labelFor={`${id}-hold`} helperText={t('add.holdHint')}>
            <InputGroup
              id={`${id}-hold`}
              maxLength={400}
              value={hold}
              onChange={(event) => setHold(event.currentTarget.value)}
            />
          </FormGroup>
          <p className="cs-muted">{t('add.fixed')}</p>
          {share !== null && (
            <p role="status">{t('add.sending', { percent: writePercent(Math.min(1, share)) })}</p>
          )}
          {problem !== null && <ErrorState error={problem} />}
        </DialogBody>
        <DialogFooter
          actions={
            <>
              <Button onClick={onClose}>{t('add.cancel')}</Button>
              <Button type="submit" intent="primary" disabled={!ready} loading={share !== null}>
                {t('add.submit')}
              </Button>
            </>
          }
        />
      </form>
    </Dialog>
  );
}
