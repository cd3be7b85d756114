import { Button, DialogBody, DialogFooter, FormGroup, InputGroup, TextArea } from '@blueprintjs/core';
import { type FormEvent, useId, useState } from 'react';
import { Dialog, KeyCaps } from '../kit/index.ts';
import { t } from './messages.ts';

export type Question = 'assign' | 'escalate' | 'resolve';

const MOST = { assign: 60, escalate: 2_000, resolve: 2_000 } as const;

/** Asks for what a step needs to be stated: an owner, a reason, a cause. Ctrl+Enter sends a longer text. */
export function AskDialog(props: {
  readonly question: Question;
  readonly title: string;
  readonly onClose: () => void;
  readonly onAnswer: (text: string) => void;
}) {
  const { question, onAnswer, onClose } = props;
  const [text, setText] = useState('');
  const id = useId();
  const hintId = useId();
  const isComplete = /[\p{L}\p{N}]/u.test(text);
  const submit = (event?: FormEvent) => {
    event?.preventDefault();
    if (isComplete) onAnswer(text.trim());
  };
  return (
    <Dialog isOpen onClose={onClose} title={t(`ask.${question}.title`)}>
      <form onSubmit={submit}>
        <DialogBody>
          <p>
            <strong>{props.title}</strong>
          </p>
          <FormGroup
            className="cs-dialog-field"
            label={t(`ask.${question}.label`)}
            labelFor={id}
            helperText={<span id={hintId}>{t(`ask.${question}.hint`)}</span>}
          >
            {question === 'assign' ? (
              <InputGroup
                id={id}
                autoFocus
                autoComplete="off"
                maxLength={MOST.assign}
                value={text}
                aria-describedby={hintId}
                onChange={(event) => setText(event.currentTarget.value)}
              />
            ) : (
              <TextArea
                id={id}
                fill
                autoFocus
                rows={3}
                maxLength={MOST[question]}
                value={text}
                aria-describedby={hintId}
                onChange={(event) => setText(event.currentTarget.value)}
                onKeyDown={(event) => {
                  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit();
                }}
              />
            )}
          </FormGroup>
        </DialogBody>
        <DialogFooter
          actions={
            <>
              <Button onClick={onClose}>{t('ask.back')}</Button>
              <Button
                type="submit"
                intent="primary"
                disabled={!isComplete}
                {...(question === 'assign' ? {} : { endIcon: <KeyCaps combo="mod+Enter" /> })}
              >
                {t(`act.${question}`)}
              </Button>
            </>
          }
        />
      </form>
    </Dialog>
  );
}
