/** What is asked before a key changes: before and after, what happens next, and words typed where it is final. */
import {
  Button,
  DialogBody,
  DialogFooter,
  FormGroup,
  InputGroup,
  Radio,
  RadioGroup,
  TextArea,
} from '@blueprintjs/core';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useId, useState } from 'react';
import type { Key } from '../../../contract/keys.ts';
import { orpc } from '../app/data.ts';
import { Dialog, KeyCaps } from '../kit/index.ts';
import { isInUse } from './choosing.ts';
import { t } from './messages.ts';
import { kindWords, protectsWords } from './parts.tsx';

interface AskProps {
  readonly title: string;
  readonly act: string;
  readonly intent: 'primary' | 'danger';
  readonly isComplete: boolean;
  readonly onClose: () => void;
  readonly onAct: () => void;
  readonly children: ReactNode;
  /** Whether Enter in a field sends it; longer texts take Ctrl+Enter. */
  readonly combo?: 'Enter' | 'mod+Enter';
}

/** A question with one act and a way back. */
export function Ask({ title, act, intent, isComplete, onClose, onAct, children, combo = 'Enter' }: AskProps) {
  const submit = (event?: FormEvent) => {
    event?.preventDefault();
    if (isComplete) onAct();
  };
  return (
    <Dialog isOpen onClose={onClose} title={title} className="cs-key-dialog">
      <form
        onSubmit={submit}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit(event);
        }}
      >
        <DialogBody>{children}</DialogBody>
        <DialogFooter
          actions={
            <>
              <Button onClick={onClose}>{t('act.back')}</Button>
              <Button
                type="submit"
                intent={intent}
                disabled={!isComplete}
                autoFocus={combo === 'Enter' && isComplete}
                endIcon={<KeyCaps combo={combo} />}
              >
                {act}
              </Button>
            </>
          }
        />
      </form>
    </Dialog>
  );
}

/** Words that must be typed as they stand, before what cannot be taken back. */
export function TypedWords({
  words,
  typed,
  onType,
}: {
  readonly words: string;
  readonly typed: string;
  readonly onType: (text: string) => void;
}) {
  const id = useId();
  return (
    <FormGroup className="cs-dialog-field" label={t('compromise.type', { words })} labelFor={id}>
      <InputGroup
        id={id}
        autoComplete="off"
        spellCheck={false}
        value={typed}
        onChange={(event) => onType(event.currentTarget.value)}
      />
    </FormGroup>
  );
}

/** Two columns: how it is, and how it will be. */
export function BeforeAfter({
  rows,
  before,
  after,
}: {
  readonly before: string;
  readonly after: string;
  readonly rows: readonly { readonly name: string; readonly before: string; readonly after: string }[];
}) {
  return (
    <table className="cs-plain-table cs-key-change">
      <thead>
        <tr>
          <th scope="col">
            <span className="cs-hidden">{t('change.what')}</span>
          </th>
          <th scope="col">{before}</th>
          <th scope="col">{after}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.name}>
            <th scope="row">{row.name}</th>
            <td>{row.before}</td>
            <td>{row.after}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface KeyAskProps {
  readonly of: Key;
  readonly onClose: () => void;
}

export type RotateWhat = { readonly purpose: string } | { readonly keyId: string };

/** A purpose has a key in use for each quarter and class: some dozens in ten years. */
const MOST_KEYS = 500;

/** Rotates one key, or all keys in use of a data key's purpose. */
export function RotateDialog({
  of: key,
  needsTwo,
  onClose,
  onAnswer,
}: KeyAskProps & {
  readonly needsTwo: boolean;
  readonly onAnswer: (what: RotateWhat) => void;
}) {
  const [scope, setScope] = useState<'one' | 'purpose'>('one');
  const { id, purpose, type } = key;
  // How much a whole purpose is, and which version comes next.
  const input = { limit: MOST_KEYS, live: true, type, ...(purpose === null ? {} : { purpose }) };
  const keys = useQuery(orpc.keys.list.queryOptions({ input })).data?.rows ?? [];
  const all = purpose === null ? [] : keys.filter((each) => each.purpose === purpose && isInUse(each));
  const values = all.reduce((sum, each) => sum + each.protects, 0);
  const isAll = scope === 'purpose' && purpose !== null;
  const version = String(key.version);
  const newest = keys.filter((each) => sameLine(each, key)).map((each) => each.version);
  const next = String(Math.max(key.version, ...newest) + 1);
  return (
    <Ask
      title={t('rotate.title', { id })}
      act={t('act.rotate')}
      intent="primary"
      isComplete
      onClose={onClose}
      onAct={() => onAnswer(isAll ? { purpose } : { keyId: id })}
    >
      <p className="cs-key-dialog-what">
        <strong>{kindWords(key)}</strong>
      </p>
      {purpose !== null && all.length > 1 && (
        <RadioGroup
          label={t('rotate.scope')}
          selectedValue={scope}
          onChange={(event) => setScope(event.currentTarget.value === 'purpose' ? 'purpose' : 'one')}
        >
          <Radio value="one" label={t('rotate.one', { protects: protectsWords(key) })} />
          <Radio value="purpose" label={t('rotate.purpose', { purpose, keys: all.length, count: values })} />
        </RadioGroup>
      )}
      <BeforeAfter
        before={t('rotate.now')}
        after={t('rotate.after')}
        rows={[
          {
            name: t('rotate.key'),
            before: isAll ? t('rotate.allNow', { keys: all.length }) : t('rotate.versionNow', { version }),
            after: isAll ? t('rotate.allAfter') : t('rotate.versionAfter', { version: next }),
          },
          {
            name: t('rotate.protects'),
            before: isAll ? t('protects.values', { count: values }) : protectsWords(key),
            after: t(`rotate.protectsAfter.${key.type}`),
          },
        ]}
      />
      {needsTwo && <p className="cs-key-dialog-note">{t('policy.dualNow')}</p>}
    </Ask>
  );
}

function sameLine(a: Key, b: Key): boolean {
  return (
    a.type === b.type &&
    a.purpose === b.purpose &&
    a.retentionClass === b.retentionClass &&
    a.quarter === b.quarter
  );
}

/** Stops a key: what happens next in words, why, and its id typed. */
export function CompromiseDialog({
  of: key,
  needsTwo,
  onClose,
  onAnswer,
}: KeyAskProps & { readonly needsTwo: boolean; readonly onAnswer: (reason: string) => void }) {
  const [reason, setReason] = useState('');
  const [typed, setTyped] = useState('');
  const reasonId = useId();
  const hintId = useId();
  const { id } = key;
  const isComplete = /[\p{L}\p{N}]/u.test(reason) && typed.trim() === id;
  return (
    <Ask
      title={t('compromise.title', { id })}
      act={t('act.compromise')}
      intent="danger"
      combo="mod+Enter"
      isComplete={isComplete}
      onClose={onClose}
      onAct={() => onAnswer(reason.trim())}
    >
      <p className="cs-key-dialog-what">
        <strong>{kindWords(key)}</strong>, {protectsWords(key)}
      </p>
      <h3 className="cs-key-dialog-head">{t('compromise.next')}</h3>
      <ol className="cs-key-steps">
        <li>{t('compromise.stops')}</li>
        <li>{t(`compromise.${key.type}`, { protects: protectsWords(key) })}</li>
        {needsTwo && <li>{t('compromise.dual')}</li>}
      </ol>
      <FormGroup
        className="cs-dialog-field"
        label={t('compromise.reason')}
        labelFor={reasonId}
        helperText={<span id={hintId}>{t('compromise.reasonHint')}</span>}
      >
        <TextArea
          id={reasonId}
          fill
          autoFocus
          rows={3}
          maxLength={1_000}
          value={reason}
          aria-describedby={hintId}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
      </FormGroup>
      <TypedWords words={id} typed={typed} onType={setTyped} />
    </Ask>
  );
}

export function RetireDialog({
  of: key,
  onClose,
  onAnswer,
}: KeyAskProps & { readonly onAnswer: () => void }) {
  const what = `retire.${key.type}`;
  return (
    <Ask
      title={t('retire.title', { id: key.id })}
      act={t('act.retire')}
      intent="danger"
      isComplete
      onClose={onClose}
      onAct={onAnswer}
    >
      <p className="cs-key-dialog-what">
        <strong>{kindWords(key)}</strong>
      </p>
      <p>{t('retire.text')}</p>
      {t.has(what) && <p>{t(what, { protects: protectsWords(key) })}</p>}
    </Ask>
  );
}
