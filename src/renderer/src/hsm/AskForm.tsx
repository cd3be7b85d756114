/** A question with one act and a way back, and its fields. */
import { Button, DialogBody, DialogFooter, FormGroup, HTMLSelect, InputGroup } from '@blueprintjs/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useId } from 'react';
import { refetchRooms } from '../app/data.ts';
import { Dialog, ErrorState, notify } from '../kit/index.ts';
import { t } from './messages.ts';

interface FormProps {
  readonly title: string;
  readonly act: string;
  readonly intent?: 'primary' | 'danger';
  readonly isComplete: boolean;
  /** Does it and answers what to tell. */
  readonly work: () => Promise<string>;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

export function AskForm({ title, act, intent = 'primary', isComplete, work, onClose, children }: FormProps) {
  const doing = useMutation({
    mutationFn: work,
    onSuccess: (text) => {
      onClose();
      notify({ text, tone: 'success' });
    },
    onSettled: () => refetchRooms(['hsm', 'incidents']),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isComplete && !doing.isPending) doing.mutate();
  };
  return (
    <Dialog
      isOpen
      className="cs-slot-dialog"
      title={title}
      onClose={onClose}
      canEscapeKeyClose={!doing.isPending}
    >
      <form onSubmit={submit}>
        <DialogBody>
          {children}
          {doing.isError && <ErrorState error={doing.error} />}
        </DialogBody>
        <DialogFooter
          actions={
            <>
              <Button onClick={onClose} disabled={doing.isPending}>
                {t('act.back')}
              </Button>
              <Button type="submit" intent={intent} disabled={!isComplete} loading={doing.isPending}>
                {act}
              </Button>
            </>
          }
        />
      </form>
    </Dialog>
  );
}

export function TextField(props: {
  readonly label: string;
  readonly value: string;
  readonly hint?: string;
  readonly autoFocus?: boolean;
  readonly onChange: (value: string) => void;
}) {
  const id = useId();
  return (
    <FormGroup label={props.label} labelFor={id} helperText={props.hint}>
      <InputGroup
        id={id}
        autoFocus={props.autoFocus ?? false}
        autoComplete="off"
        spellCheck={false}
        value={props.value}
        onChange={(event) => props.onChange(event.currentTarget.value)}
      />
    </FormGroup>
  );
}

export function ChoiceField<Value extends string>(props: {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly { readonly value: Value; readonly label: string }[];
  readonly onChange: (value: Value) => void;
}) {
  const id = useId();
  return (
    <FormGroup label={props.label} labelFor={id}>
      <HTMLSelect
        id={id}
        fill
        value={props.value}
        onChange={(event) => props.onChange(event.currentTarget.value as Value)}
        options={[...props.options]}
      />
    </FormGroup>
  );
}
