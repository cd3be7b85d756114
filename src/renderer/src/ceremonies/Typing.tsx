import { Button, FormGroup, TextArea } from '@blueprintjs/core';
import { type FormEvent, type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import '../packets/packets.css';
import { t } from './messages.ts';
import { ScanShareDialog } from './ScanShareDialog.tsx';
import { judge, loadWords, SHARE_WORDS, type WordList } from './words.ts';

/**
 * Thirty words, typed from paper or read from its code with the camera. A word that none has is marked
 * at once, and one that the engine found wrong until it is changed.
 */
export function Typing(props: {
  readonly act: string;
  readonly isBusy: boolean;
  /** Places of words that are not those on the sheet, as far as they could be told. */
  readonly wrong: readonly number[];
  readonly onShare: (share: string) => void;
  readonly onChange: () => void;
}) {
  const { act, isBusy, wrong, onShare, onChange } = props;
  const [text, setText] = useState('');
  const [list, setList] = useState<WordList | null>(null);
  const [isScanning, setScanning] = useState(false);
  const [focusNext, setFocusNext] = useState<'field' | 'act' | null>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const submitting = useRef<HTMLButtonElement>(null);
  const id = useId();
  const saysId = useId();
  useEffect(() => {
    let isHere = true;
    void loadWords().then((loaded) => isHere && setList(loaded));
    return () => {
      isHere = false;
    };
  }, []);
  const words = list === null ? [] : judge(text, list);
  const unknown = words.flatMap(({ isKnown }, at) => (isKnown ? [] : [at + 1]));
  const marked = unknown.length > 0 ? unknown : wrong;
  const isComplete = words.length === SHARE_WORDS && unknown.length === 0;
  const put = (next: string) => {
    setText(next);
    onChange();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isComplete && !isBusy) onShare(text);
  };
  /** A share has no lines: Enter is the end of it. */
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter') submit(event);
  };
  useEffect(() => {
    // The dialog is gone by then, and what comes next can take the focus.
    if (focusNext !== null) (focusNext === 'field' ? field : submitting).current?.focus();
    setFocusNext(null);
  }, [focusNext]);
  const closeScan = (read: string | null) => {
    setScanning(false);
    if (read !== null) put(read);
    setFocusNext(read === null ? 'field' : 'act');
  };
  return (
    <form onSubmit={submit} className="cs-typing">
      <FormGroup label={t('words.label')} labelFor={id} helperText={t('words.hint')}>
        <TextArea
          id={id}
          inputRef={field}
          fill
          rows={5}
          autoFocus
          className="cs-mono"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={2_000}
          value={text}
          readOnly={isBusy}
          aria-describedby={saysId}
          onChange={(event) => put(event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
      </FormGroup>
      <ol className="cs-typed-words">
        {words.map(({ word }, at) => (
          <li key={at} className={marked.includes(at + 1) ? 'cs-typed-unknown' : undefined}>
            {word}
          </li>
        ))}
      </ol>
      <p id={saysId} role="status" className={marked.length > 0 ? 'cs-problem' : 'cs-muted'}>
        {saysOf(unknown, wrong, words.length)}
      </p>
      <div className="cs-sheet-acts">
        <Button
          type="submit"
          ref={submitting}
          size="large"
          intent="primary"
          disabled={!isComplete}
          loading={isBusy}
        >
          {act}
        </Button>
        <Button size="large" disabled={list === null || isBusy} onClick={() => setScanning(true)}>
          {t('scan.open')}
        </Button>
      </div>
      {isScanning && list !== null && (
        <ScanShareDialog list={list} onShare={closeScan} onClose={() => closeScan(null)} />
      )}
    </form>
  );
}

function saysOf(unknown: readonly number[], wrong: readonly number[], count: number): string {
  if (unknown.length > 0) return t('words.unknown', { count: unknown.length, which: unknown.join(', ') });
  if (wrong.length > 0) return t('words.wrong', { count: wrong.length, which: wrong.join(', ') });
  return t('words.count', { count });
}
