import { Button, DialogBody, DialogFooter, FormGroup, InputGroup, ProgressBar } from '@blueprintjs/core';
import { useState } from 'react';
import type { QueueRow } from '../../../contract/reconciliation.ts';
import { client } from '../app/data.ts';
import { Dialog, KeyCaps, MoneyList, useKeys, writeProbability } from '../kit/index.ts';
import { isFor, leastProbability, type ManyAct, totalsOf } from './marking.ts';
import { t } from './messages.ts';
import { type Step, useMany } from './useMany.ts';

/** What an act does to one line, and what takes it back. */
function stepOf(act: ManyAct, { id, status, suggestionId }: QueueRow, note: string): Step {
  const line = { bankTransactionId: id, ...(note === '' ? {} : { note }) };
  const chosen = suggestionId === null ? line : { ...line, suggestionId };
  const { reconciliation } = client;
  const undo = () => reconciliation.undo({ bankTransactionId: id });
  switch (act) {
    case 'confirm':
      return { key: id, run: () => reconciliation.confirm(chosen), back: undo };
    case 'reject':
      return { key: id, run: () => reconciliation.reject(status === 'auto' ? line : chosen), back: undo };
    case 'undo':
      return { key: id, run: () => reconciliation.undo(line) };
  }
}

/** One decision about several lines: what it comes to is said before, how far it is while, and what was refused after. */
export function ManyDialog(props: {
  readonly act: ManyAct;
  readonly rows: readonly QueueRow[];
  readonly onClose: () => void;
  /** Lines that are decided now. */
  readonly onDone: (ids: readonly string[]) => void;
}) {
  const { act, onClose } = props;
  // As they were marked: the queue may move below the dialog.
  const [rows] = useState(props.rows);
  const [note, setNote] = useState('');
  const chosen = rows.filter((row) => isFor(act, row));
  const many = useMany();
  const others = rows.length - chosen.length;
  const least = leastProbability(chosen);
  const isRunning = many.progress !== null;
  const start = async () => {
    if (isRunning || chosen.length === 0) return;
    const told = {
      done: (count: number) => t(`many.done.${act}`, { count }),
      undone: (count: number) => t('many.undone', { count }),
    };
    const { done, refused } = await many.start(
      chosen.map((row) => stepOf(act, row, note.trim())),
      told,
    );
    props.onDone(done);
    if (refused.length === 0) onClose();
  };
  const wasRefused = many.refused.length > 0;
  useKeys(
    t('keys.group'),
    [{ combo: 'mod+Enter', label: t(`many.act.${act}`), run: () => void start(), inFields: true }],
    { inDialog: true },
  );
  return (
    <Dialog
      isOpen
      onClose={isRunning ? many.stop : onClose}
      canOutsideClickClose={!isRunning}
      title={t(`many.title.${act}`, { count: chosen.length })}
    >
      <DialogBody>
        <p className="cs-allocate-money">
          <span>{t('many.total')}</span>
          <MoneyList amounts={totalsOf(chosen)} />
        </p>
        {act !== 'undo' && least !== null && (
          <p>{t('many.least', { probability: writeProbability(least) })}</p>
        )}
        {others > 0 && <p className="cs-muted">{t(`many.others.${act}`, { count: others })}</p>}
        {!wasRefused && (
          <FormGroup label={t('allocate.note')} labelFor="many-note">
            <InputGroup
              id="many-note"
              autoFocus
              value={note}
              maxLength={400}
              disabled={isRunning}
              onChange={(event) => setNote(event.currentTarget.value)}
            />
          </FormGroup>
        )}
        {many.progress && (
          <div role="status">
            <p>{t('many.progress', many.progress)}</p>
            <ProgressBar value={many.progress.done / many.progress.count} intent="primary" stripes={false} />
          </div>
        )}
        {wasRefused && (
          <div role="alert">
            <p className="cs-problem">{t('many.refused', { count: many.refused.length })}</p>
            <ul>
              {[...new Set(many.refused.map(({ words }) => words))].map((words) => (
                <li key={words}>{words}</li>
              ))}
            </ul>
          </div>
        )}
      </DialogBody>
      <DialogFooter
        actions={
          isRunning ? (
            <Button onClick={many.stop}>{t('many.stop')}</Button>
          ) : wasRefused ? (
            <Button intent="primary" onClick={onClose}>
              {t('many.close')}
            </Button>
          ) : (
            <>
              <Button onClick={onClose}>{t('allocate.cancel')}</Button>
              <Button
                intent="primary"
                disabled={chosen.length === 0}
                onClick={() => void start()}
                endIcon={<KeyCaps combo="mod+Enter" />}
              >
                {t(`many.act.${act}`)}
              </Button>
            </>
          )
        }
      />
    </Dialog>
  );
}
