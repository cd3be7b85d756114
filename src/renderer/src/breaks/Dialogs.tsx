import { Button, DialogBody, DialogFooter, FormGroup, HTMLSelect, InputGroup } from '@blueprintjs/core';
import { type FormEvent, type ReactNode, useId, useState } from 'react';
import { type BreakReason, type BreakSettings, breakReasons } from '../../../contract/breaks.ts';
import { Dialog, KeyCaps, WordsField, type WordsFieldProps } from '../kit/index.ts';
import { t } from './messages.ts';
import { reasonWord, roleWord } from './words.ts';

export type NoteQuestion = 'note' | 'explain' | 'reopen' | 'undoWriteOff';

const MOST_NOTE = 2_000;
const isSaid = (text: string) => text.trim().length >= 3;

/** A dialog with one form; Ctrl+Enter sends it from a longer text. */
function AskForm(props: {
  readonly title: string;
  readonly act: string;
  readonly isComplete: boolean;
  readonly isDanger?: boolean;
  readonly onClose: () => void;
  readonly onSubmit: () => void;
  readonly children: ReactNode;
}) {
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (props.isComplete) props.onSubmit();
  };
  return (
    <Dialog isOpen onClose={props.onClose} title={props.title}>
      <form
        onSubmit={submit}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit(event);
        }}
      >
        <DialogBody>{props.children}</DialogBody>
        <DialogFooter
          actions={
            <>
              <Button onClick={props.onClose}>{t('ask.back')}</Button>
              <Button
                type="submit"
                intent={props.isDanger ? 'danger' : 'primary'}
                disabled={!props.isComplete}
                endIcon={<KeyCaps combo="mod+Enter" />}
              >
                {props.act}
              </Button>
            </>
          }
        />
      </form>
    </Dialog>
  );
}

/** What is said of a break. */
export const NoteField = (props: WordsFieldProps) => <WordsField {...props} maxLength={MOST_NOTE} />;

/** Asks for what a step must state in words. */
export function NoteDialog(props: {
  readonly question: NoteQuestion;
  readonly onClose: () => void;
  readonly onAnswer: (note: string) => void;
}) {
  const { question } = props;
  const [text, setText] = useState('');
  return (
    <AskForm
      title={t(`ask.${question}.title`)}
      act={t(`act.${question}`)}
      isComplete={isSaid(text)}
      onClose={props.onClose}
      onSubmit={() => props.onAnswer(text.trim())}
    >
      <NoteField
        label={t(`ask.${question}.label`)}
        hint={t(`ask.${question}.hint`)}
        value={text}
        autoFocus
        onChange={setText}
      />
    </AskForm>
  );
}

function Select(props: {
  readonly label: string;
  readonly value: string;
  readonly autoFocus?: boolean;
  readonly options: readonly (readonly [value: string, label: string])[];
  readonly onChange: (value: string) => void;
}) {
  const id = useId();
  return (
    <FormGroup className="cs-dialog-field" label={props.label} labelFor={id}>
      <HTMLSelect
        id={id}
        fill
        autoFocus={props.autoFocus ?? false}
        value={props.value}
        onChange={(event) => props.onChange(event.currentTarget.value)}
      >
        {props.options.map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </HTMLSelect>
    </FormGroup>
  );
}

/** Gives breaks to somebody, or back to the queue. */
export function OwnerDialog(props: {
  readonly count: number;
  readonly settings: BreakSettings | undefined;
  readonly owner: string | null;
  readonly onClose: () => void;
  readonly onAnswer: (owner: string | null) => void;
}) {
  const [owner, setOwner] = useState(props.owner ?? '');
  return (
    <AskForm
      title={t('ask.owner.title')}
      act={owner === '' ? t('act.release') : t('act.owner')}
      isComplete
      onClose={props.onClose}
      onSubmit={() => props.onAnswer(owner === '' ? null : owner)}
    >
      <p>{t('ask.count', { count: props.count })}</p>
      <Select
        label={t('ask.owner.label')}
        value={owner}
        autoFocus
        options={[
          ['', t('ask.owner.nobody')],
          ...(props.settings?.people ?? []).map(({ actor, name }) => [actor, name] as const),
        ]}
        onChange={setOwner}
      />
    </AskForm>
  );
}

/** Where a write-off for a reason goes, in words. */
export function reasonOptions(
  settings: BreakSettings | undefined,
): readonly (readonly [BreakReason, string])[] {
  return breakReasons.map((code) => {
    const to = settings?.reasons.find((one) => one.code === code)?.writesOffTo ?? null;
    const reason = reasonWord(code);
    return [
      code,
      to === null
        ? t('ask.reason.noWriteOff', { reason })
        : t('ask.reason.writesOff', { reason, account: roleWord(to) }),
    ];
  });
}

/** Says why, by a code, of one break or many. */
export function ReasonDialog(props: {
  readonly count: number;
  readonly settings: BreakSettings | undefined;
  readonly reason: BreakReason | null;
  readonly onClose: () => void;
  readonly onAnswer: (reason: BreakReason | null) => void;
}) {
  const [reason, setReason] = useState<string>(props.reason ?? '');
  return (
    <AskForm
      title={t('ask.reason.title')}
      act={t('act.reason')}
      isComplete
      onClose={props.onClose}
      onSubmit={() => props.onAnswer(breakReasons.find((code) => code === reason) ?? null)}
    >
      <p>{t('ask.count', { count: props.count })}</p>
      <Select
        label={t('ask.reason.label')}
        value={reason}
        autoFocus
        options={[['', t('ask.reason.none')], ...reasonOptions(props.settings)]}
        onChange={setReason}
      />
    </AskForm>
  );
}

/** Sets after how long a line becomes a break. */
export function ThresholdDialog(props: {
  readonly days: number;
  readonly onClose: () => void;
  readonly onAnswer: (days: number, note: string) => void;
}) {
  const [text, setText] = useState(String(props.days));
  const [note, setNote] = useState('');
  const id = useId();
  const days = /^\d{1,2}$/.test(text) && Number(text) <= 90 ? Number(text) : null;
  return (
    <AskForm
      title={t('ask.threshold.title')}
      act={t('ask.threshold.title')}
      isComplete={days !== null && isSaid(note)}
      onClose={props.onClose}
      onSubmit={() => props.onAnswer(days!, note.trim())}
    >
      <FormGroup className="cs-dialog-field" label={t('ask.threshold.days')} labelFor={id}>
        <InputGroup
          id={id}
          autoFocus
          inputMode="numeric"
          autoComplete="off"
          value={text}
          onChange={(event) => setText(event.currentTarget.value.trim())}
        />
      </FormGroup>
      <NoteField
        label={t('ask.threshold.label')}
        hint={t('ask.threshold.hint')}
        value={note}
        onChange={setNote}
      />
    </AskForm>
  );
}
