import { Button, FormGroup, TextArea } from '@blueprintjs/core';
import { type FormEvent, type KeyboardEvent, useEffect, useId, useState } from 'react';
import { t } from './messages.ts';
import { judge, loadWords, SHARE_WORDS, type WordList } from './words.ts';

/** Thirty words, typed from paper or pasted from a scanner; a word that none has is marked at once. */
export function Typing(props: {
  readonly act: string;
  readonly isBusy: boolean;
  readonly onShare: (share: string) => void;
}) {
  const { act, isBusy, onShare } = props;
  const [text, setText] = useState('');
  const [list, setList] = useState<WordList | null>(null);
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
  const isComplete = words.length === SHARE_WORDS && unknown.length === 0;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isComplete && !isBusy) onShare(text);
  };
  /** A share has no lines: Enter is the end of it. */
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter') submit(event);
  };
  return (
    <form onSubmit={submit} className="cs-typing">
      <FormGroup label={t('words.label')} labelFor={id} helperText={t('words.hint')}>
        <TextArea
          id={id}
          fill
          rows={6}
          autoFocus
          className="cs-mono"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={2_000}
          value={text}
          readOnly={isBusy}
          aria-describedby={saysId}
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
      </FormGroup>
      <ol className="cs-typed-words">
        {words.map(({ word, isKnown }, at) => (
          <li key={at} className={isKnown ? undefined : 'cs-typed-unknown'}>
            {word}
          </li>
        ))}
      </ol>
      <p id={saysId} role="status" className={unknown.length > 0 ? 'cs-problem' : 'cs-muted'}>
        {unknown.length > 0
          ? t('words.unknown', { count: unknown.length, which: unknown.join(', ') })
          : t('words.count', { count: words.length })}
      </p>
      <Button type="submit" size="large" intent="primary" disabled={!isComplete} loading={isBusy}>
        {act}
      </Button>
    </form>
  );
}
