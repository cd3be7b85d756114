import { useEffect, useState } from 'react';
import type { PassphraseVerdict } from '../../../contract/vault.ts';
import { client } from '../app/data.ts';
import { t } from './messages.ts';
import { type Strength, strengthOf } from './strength.ts';

/** A pause in the typing, after which it is worth asking. */
const PAUSE_MS = 120;

/** Asks the engine about a passphrase while it is typed. Only the verdict is kept. */
export function useStrength(passphrase: string, word = ''): Strength {
  const [verdict, setVerdict] = useState<PassphraseVerdict | 'failed' | null>(null);
  useEffect(() => {
    setVerdict(null);
    if (passphrase === '') return;
    let isCurrent = true;
    const timer = setTimeout(() => {
      const words = word.trim() === '' ? [] : [word.trim().slice(0, 60)];
      client.vault.judgePassphrase({ passphrase, words }).then(
        (answer) => isCurrent && setVerdict(answer),
        () => isCurrent && setVerdict('failed'),
      );
    }, PAUSE_MS);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [passphrase, word]);
  return strengthOf(passphrase === '', verdict);
}

const STEPS: Readonly<Record<Strength['kind'], number>> = {
  empty: 0,
  judging: 0,
  unjudged: 0,
  weak: 1,
  fair: 2,
  strong: 3,
};

/** The judgement in words, with three marks that fill. */
export function StrengthWords({ strength }: { readonly strength: Strength }) {
  const words =
    strength.kind === 'weak' ? t('strength.weak', { why: strength.why }) : t(`strength.${strength.kind}`);
  return (
    <span className={`cs-strength cs-strength--${STEPS[strength.kind]}`}>
      <span className="cs-strength-marks" aria-hidden="true">
        <span />
        <span />
        <span />
      </span>
      {words}
    </span>
  );
}
