import { Button, FormGroup, InputGroup } from '@blueprintjs/core';
import { type FormEvent, useId, useState } from 'react';
import { t } from './messages.ts';

/** Two different groups of the key that the check asks for, neither the first. */
function chooseGroups(count: number): readonly [number, number] {
  const random = crypto.getRandomValues(new Uint32Array(2));
  const first = 1 + (random[0]! % (count - 1));
  const second = 1 + (random[1]! % (count - 2));
  const other = second >= first ? second + 1 : second;
  return first < other ? [first, other] : [other, first];
}

/** As the engine reads it: O is a zero, I and L are ones. */
function same(typed: string, group: string): boolean {
  const read = (text: string) =>
    text.toUpperCase().replace(/\s/g, '').replace(/O/g, '0').replace(/[IL]/g, '1');
  return read(typed) === read(group);
}

/** Shows the recovery key this once, then asks for two of its groups. */
export function RecoveryKey(props: {
  readonly vaultName: string;
  readonly recoveryKey: string;
  readonly onChecked: () => void;
}) {
  const groups = props.recoveryKey.split('-');
  const [asked] = useState(() => chooseGroups(groups.length));
  const [checking, setChecking] = useState(false);
  const [typed, setTyped] = useState<readonly [string, string]>(['', '']);
  const [copied, setCopied] = useState(false);
  const ids = [useId(), useId()] as const;
  const right = asked.map((group, index) => same(typed[index]!, groups[group]!));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (right.every(Boolean)) props.onChecked();
  };
  if (checking) {
    return (
      <form className="cs-gate-card" onSubmit={submit}>
        <h1>{t('key.checkTitle')}</h1>
        <p className="cs-muted">{t('key.checkText')}</p>
        <div className="cs-check-groups">
          {asked.map((group, index) => {
            const value = typed[index]!;
            const wrong = value.trim().length >= 4 && !right[index];
            return (
              <FormGroup
                key={group}
                label={t('key.group', { number: group + 1 })}
                labelFor={ids[index]!}
                intent={wrong ? 'danger' : 'none'}
                helperText={
                  <span role="status">{wrong ? t('key.groupWrong', { number: group + 1 }) : ''}</span>
                }
              >
                <InputGroup
                  id={ids[index]!}
                  className="cs-recovery-field"
                  autoFocus={index === 0}
                  autoComplete="off"
                  spellCheck={false}
                  maxLength={6}
                  value={value}
                  intent={wrong ? 'danger' : right[index] ? 'success' : 'none'}
                  onChange={(event) => {
                    const next = event.currentTarget.value.toUpperCase();
                    setTyped(index === 0 ? [next, typed[1]] : [typed[0], next]);
                  }}
                />
              </FormGroup>
            );
          })}
        </div>
        <div className="cs-gate-buttons">
          <Button type="submit" intent="primary" disabled={!right.every(Boolean)}>
            {t('key.finish')}
          </Button>
          <Button variant="minimal" onClick={() => setChecking(false)}>
            {t('key.back')}
          </Button>
        </div>
      </form>
    );
  }
  return (
    <section className="cs-gate-card cs-print" aria-labelledby="key-title">
      <h1 id="key-title">{t('key.title')}</h1>
      <p>{t('key.text')}</p>
      <p className="cs-print-only">{t('key.printed')}</p>
      <p className="cs-key-vault">{t('key.vault', { name: props.vaultName })}</p>
      <ol className="cs-key-groups">
        {groups.map((group, index) => (
          <li key={index}>
            <span className="cs-key-number">{index + 1}</span>
            <span className="cs-key-group">{group}</span>
          </li>
        ))}
      </ol>
      <p className="cs-print-only">{t('key.printedHint')}</p>
      <div className="cs-gate-buttons">
        <Button intent="primary" autoFocus onClick={() => setChecking(true)}>
          {t('key.next')}
        </Button>
        <Button onClick={() => window.print()}>{t('key.print')}</Button>
        <Button
          onClick={() => {
            void navigator.clipboard?.writeText(props.recoveryKey).then(() => setCopied(true));
          }}
        >
          {t('key.copy')}
        </Button>
        <span role="status" className="cs-muted">
          {copied ? t('key.copied') : ''}
        </span>
      </div>
    </section>
  );
}
