/**
 * What a failure says to a person: what happened, what it means for the money, what to do.
 * Codes come from the contract; families of codes share what they mean for the money.
 */
import { errorMeanings } from '../../../contract/errors.ts';
import { catalogue } from './catalogue.ts';

export interface Problem {
  readonly code: string;
  /** The engine's own sentence, where it says more than the code. */
  readonly message: string | null;
  readonly details: Readonly<Record<string, unknown>>;
}

const t = catalogue('problems', {
  'title.CONNECTION_LOST': 'The console has no connection to its engine',
  'title.unknown': 'Something failed in the console itself',
  'money.nothing': 'Nothing was written. The books are as they were.',
  'money.read': 'This only concerns what is shown. The books are not touched.',
  'money.import': 'The file was refused whole. No line of it counts anywhere.',
  'money.vault': 'The vault is closed and unchanged. No money moves while it is closed.',
  'money.damaged': 'Do not post from this vault until it has been checked against a backup.',
  'money.unknown':
    'What was acknowledged before stands. What was under way may or may not have been written.',
  'do.retry': 'Try again. If it stays, copy the code and give it to support.',
  'do.file': 'Ask the sender for a corrected file, or correct the line that is named, and import it again.',
  'do.difference':
    'Compare with the bank. If the statement is right as it stands, take it in with a stated reason.',
  'do.duplicate': 'Nothing to do: the statement is in the books already.',
  'do.passphrase': 'Check Caps Lock and the keyboard layout, or open with the recovery key.',
  'do.recovery': 'Type all groups again, as they were printed. The last group checks the others.',
  'do.waitOut': 'Wait until that is over, then try again. The recovery key is not held up.',
  'do.otherSlot': 'Use another key slot, or add one first.',
  'do.passphraseWeak': 'Choose words that have nothing to do with each other.',
  'do.inUse': 'Close the other window or command that holds the vault, then try again.',
  'do.disk': 'Free some space on the disk, then try again.',
  'do.newer': 'Open it with the newer version of Countersign.',
  'do.version': 'Open it with the version of Countersign that wrote it.',
  'do.access': 'Check the permissions of the folder and the state of the disk, then try again.',
  'do.backup': 'Open a backup. Keep the damaged folder for examination.',
  'do.exists': 'Choose another name.',
  'do.folder': 'Choose the folder that ends in .vault.',
  'do.reload': 'Refresh and decide on what is shown now.',
  'do.undoFirst': 'Undo the match that stands, then decide again.',
  'do.period': 'Choose a date after the closed period.',
  'do.secondPerson': 'Ask a second person to approve it.',
  'do.askAgain': 'Ask for it again, on what holds now.',
  'do.nameOfficers': 'Have somebody ask whom the policy names; under Policies stands who that is.',
  'do.otherChecker': 'Ask somebody else whom the policy lets agree.',
  'do.limit':
    'Wait until some of it is free again, or split what exceeds it. The simulator shows what is left.',
  'do.stronger': 'Use what the policy asks for, or have the policy changed.',
  'do.policy': 'Change the draft until the policy can be kept and two people are needed.',
  'do.permission': 'Ask somebody who holds the permission.',
  'do.signIn': 'Sign in, or start the console again from its printed address.',
  'do.signInAgain': 'Check the name, Caps Lock and the clock of your app, and use the code that comes next.',
  'do.wait': 'Wait a few seconds; the index is being built.',
  'do.amounts': 'Correct the amounts and try again.',
  'do.engine': 'It reconnects by itself. If it does not, start Countersign again.',
  'do.packet': 'Have it made and carried again, from the request as it stands now.',
  'do.card': 'Have that person’s card enrolled here, then take it in again.',
  'do.otherVault': 'Take it in where the request was made.',
  'do.stick': 'Name another folder, in full.',
  'do.nothing': 'Nothing to do.',
});

/** The contract's own sentences, one for each code. */
const meanings = catalogue('errors', errorMeanings);

type MoneyKey = 'nothing' | 'read' | 'import' | 'vault' | 'damaged' | 'unknown';

const MONEY: readonly [pattern: RegExp, meaning: MoneyKey][] = [
  [/^CONNECTION_LOST$/, 'unknown'],
  [
    /^VAULT_(DAMAGED|TRUNCATED|HEADER_INVALID|HEADER_ROLLED_BACK|DATABASE_ROLLED_BACK)$|^AUDIT_CHAIN_BROKEN$|^SEALED_VALUE_DAMAGED$/,
    'damaged',
  ],
  [/^VAULT_(SLOT|SHARE|QUORUM|TOKEN|REKEYING|BUSY|PASSPHRASE_WEAK|BACKING_OFF)/, 'nothing'],
  [/^VAULT_/, 'vault'],
  [
    /^(MESSAGE|XML|CAMT|MT|CSV|IBAN|AMOUNT|CURRENCY|DATE|FIELD|STATEMENT|INTAKE|CUSTOMER|INVOICE|SEALED_CELL|SEALED_ROWS)_/,
    'import',
  ],
  [/^(NOT_FOUND|SEARCH_|AUDIT_|SEALED_|SEALING_|OPEN_ITEM_UNKNOWN|TRANSACTION_UNKNOWN)/, 'read'],
  [/./, 'nothing'],
];

const REMEDIES: readonly [pattern: RegExp, remedy: Parameters<typeof t>[0]][] = [
  [/^CONNECTION_LOST$/, 'do.engine'],
  [/^STATEMENT_DOES_NOT_ADD_UP$/, 'do.difference'],
  [/^STATEMENT_DUPLICATE$/, 'do.duplicate'],
  [/^VAULT_PASSPHRASE_WRONG$/, 'do.passphrase'],
  [/^VAULT_(RECOVERY_KEY_INVALID|SHARE_INVALID)$/, 'do.recovery'],
  [/^VAULT_(BACKING_OFF|REKEYING|BUSY)$/, 'do.waitOut'],
  [/^VAULT_(SLOT_LAST|SLOT_PROVES_ITSELF|SLOTS_FULL|QUORUM_SHORT|TOKEN_MISSING)$/, 'do.otherSlot'],
  [/^VAULT_PASSPHRASE_WEAK$/, 'do.passphraseWeak'],
  [/^VAULT_IN_USE$/, 'do.inUse'],
  [/^VAULT_DISK_FULL$/, 'do.disk'],
  [/^VAULT_SCHEMA_NEWER$/, 'do.newer'],
  [/^VAULT_SCHEMA_DIFFERENT$/, 'do.version'],
  [/^VAULT_UNREADABLE$/, 'do.access'],
  [/^VAULT_EXISTS$/, 'do.exists'],
  [/^VAULT_(FOREIGN|MISSING)$/, 'do.folder'],
  [
    /^VAULT_(DAMAGED|TRUNCATED|HEADER_INVALID|HEADER_ROLLED_BACK|DATABASE_ROLLED_BACK)$|^SEALED_VALUE_DAMAGED$|^AUDIT_CHAIN_BROKEN$/,
    'do.backup',
  ],
  [/^MATCH_(STALE|DECIDED)$/, 'do.reload'],
  [/^MATCH_NOT_OPEN$/, 'do.undoFirst'],
  [/^MATCH_CLEARED$|^APPROVAL_REQUIRED$/, 'do.secondPerson'],
  [/^MATCH_OVER_ALLOCATED$|^LEDGER_(UNBALANCED|ZERO|AMOUNT|LIMIT|EMPTY)/, 'do.amounts'],
  [/^LEDGER_PERIOD/, 'do.period'],
  [/^APPROVAL_ASKER_REFUSED$/, 'do.nameOfficers'],
  [/^APPROVAL_(SELF|NOT_CHECKER|VOTED|DELEGATION_INVALID)$/, 'do.otherChecker'],
  [/^APPROVAL_(EXPIRED|ALTERED|ROLE_REMOVED|MAKER_GONE|POLICY_CHANGED|VETOED|WITHDRAWN)$/, 'do.askAgain'],
  [/^APPROVAL_(CLOSED|RUN_ALREADY|KINDS_DIFFER|UNKNOWN)$|^POLICY_(STALE|SAME|UNKNOWN)$/, 'do.reload'],
  [/^APPROVAL_LIMIT_REACHED$/, 'do.limit'],
  [/^APPROVAL_SESSION_OLD$/, 'do.signInAgain'],
  [/^APPROVAL_(FACTOR|SIGNATURE|SEALING)_WEAK$/, 'do.stronger'],
  [/^POLICY_(INVALID|TOO_WEAK|UNSATISFIABLE)$/, 'do.policy'],
  [/^NOT_PERMITTED$/, 'do.permission'],
  [/^NOT_SIGNED_IN$/, 'do.signIn'],
  [/^(SESSION_REFUSED|OPERATOR_CODE_WRONG)$/, 'do.signInAgain'],
  [/^SESSION_BACKING_OFF$/, 'do.waitOut'],
  [/^OPERATOR_PASSPHRASE_WEAK$/, 'do.passphraseWeak'],
  [/^SEARCH_NOT_READY$/, 'do.wait'],
  [/^(PACKET_INVALID|PACKET_OUT_OF_ORDER|CARD_INVALID|APPROVAL_SIGNATURE_INVALID)$/, 'do.packet'],
  [/^PACKET_SIGNER_UNKNOWN$/, 'do.card'],
  [/^PACKET_FOREIGN$/, 'do.otherVault'],
  [/^PACKET_NOT_SAVED$/, 'do.stick'],
  [/^(CANCELLED|PACKET_REPLAYED)$/, 'do.nothing'],
  [
    /^(MESSAGE|XML|CAMT|MT|CSV|IBAN|AMOUNT|CURRENCY|DATE|FIELD|STATEMENT|INTAKE|CUSTOMER|INVOICE|SEALED_CELL|SEALED_ROWS)_/,
    'do.file',
  ],
  [/./, 'do.retry'],
];

/** Reads what a procedure threw: the contract's code, the sentence and where it lies. */
export function problemOf(error: unknown): Problem {
  if (isProblem(error)) return error;
  if (error instanceof Error) {
    const code = 'code' in error && typeof error.code === 'string' ? error.code : 'INTERNAL';
    const data = 'data' in error && typeof error.data === 'object' && error.data !== null ? error.data : {};
    const nested =
      'details' in data && typeof data.details === 'object' && data.details !== null ? data.details : data;
    return {
      code: code === 'INTERNAL_SERVER_ERROR' ? 'INTERNAL' : code,
      message: error.message || null,
      details: { ...nested },
    };
  }
  return { code: 'INTERNAL', message: null, details: {} };
}

function isProblem(value: unknown): value is Problem {
  return (
    typeof value === 'object' &&
    value !== null &&
    !(value instanceof Error) &&
    'code' in value &&
    'details' in value
  );
}

/** The sentence that the code stands for. */
export function whatHappened(problem: Problem): string {
  if (problem.code === 'CONNECTION_LOST') return t('title.CONNECTION_LOST');
  if (meanings.has(problem.code)) return meanings(problem.code);
  return problem.message ?? t('title.unknown');
}

export function whatItMeansForTheMoney(problem: Problem): string {
  const found = MONEY.find(([pattern]) => pattern.test(problem.code));
  return t(`money.${found?.[1] ?? 'unknown'}`);
}

export function whatToDo(problem: Problem): string {
  return t(REMEDIES.find(([pattern]) => pattern.test(problem.code))?.[1] ?? 'do.retry');
}

/** Whether the engine's sentence tells more than the code's: most of its words are not in that. */
export function saysMore(message: string, happened: string): boolean {
  const words = (text: string) => new Set(text.toLowerCase().match(/[\p{L}\p{N}.,-]+/gu) ?? []);
  const known = words(happened);
  const said = [...words(message)];
  return said.filter((word) => !known.has(word)).length > said.length * 0.4;
}
