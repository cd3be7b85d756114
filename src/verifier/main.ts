/**
 * The static verifier: one page that checks a receipt with what stands in it, the trust file beside
 * it, and nothing else; and the transcript of a key ceremony by itself. `build/verifier.mjs` makes one file of it.
 */
import { ed25519 } from '@noble/curves/ed25519.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { ml_dsa44, ml_dsa65, ml_dsa87 } from '@noble/post-quantum/ml-dsa.js';
import { type Primitives, type ReceiptAnswer, verifyReceipt } from '../main/proof/index.ts';
import { checkTranscript, isTranscript, transcriptFacts } from './ceremony.ts';

/** A key or a signature of a wrong form fits nothing. */
function fits(check: () => boolean): boolean {
  try {
    return check();
  } catch {
    return false;
  }
}

/** OpenSSL takes keys of low order, under which one signature fits every message; we do not. */
function isSound(publicKey: Uint8Array): boolean {
  return !ed25519.Point.fromBytes(publicKey).isSmallOrder();
}

const primitives: Primitives = {
  sha256,
  verifyEd25519: (publicKey, message, signature) =>
    fits(() => isSound(publicKey) && ed25519.verify(signature, message, publicKey, { zip215: false })),
  verifyMlDsa44: (publicKey, message, signature) =>
    fits(() => ml_dsa44.verify(signature, message, publicKey)),
  verifyMlDsa65: (publicKey, message, signature) =>
    fits(() => ml_dsa65.verify(signature, message, publicKey)),
  verifyMlDsa87: (publicKey, message, signature) =>
    fits(() => ml_dsa87.verify(signature, message, publicKey)),
};

const SIGNED = {
  checked: 'signature checked',
  'key-missing': 'key not in the receipt, so the signature was not checked',
  system: 'the console itself',
} as const;

/** Who asked and who agreed, and when. */
const approvalFacts = ({ approval }: ReceiptAnswer): [string, string][] =>
  (approval ?? []).map(({ role, operator, name, atMs, signature }) => [
    role === 'maker' ? 'Asked by' : 'Agreed by',
    `${name === null ? operator : `${name} (${operator})`}, ${new Date(atMs).toISOString()}, ${SIGNED[signature]}`,
  ]);

/** Which consoles countersigned the checkpoint, and when. */
const witnessFacts = ({ witnesses }: ReceiptAnswer): [string, string][] =>
  witnesses.map(({ vaultId, atMs, known }) => [
    'Witnessed by',
    `console ${vaultId}, ${new Date(atMs).toISOString()}${known ? '' : ', whom the trust file does not name'}`,
  ]);

const element = (id: string) => document.getElementById(id)!;
const input = (id: string) => element(id) as HTMLInputElement;

const TITLES = {
  verified: 'Verified',
  'not-verified': 'Not verified',
  'signer-unknown': 'Consistent, signer unknown',
} as const;

let receipt: string | undefined;
let trustFile: string | undefined;

/** What is no JSON is shown as it is: nobody but the log has said what a detail looks like. */
function readable(text: string, write: (value: unknown) => string): string {
  try {
    return write(JSON.parse(text));
  } catch {
    return text;
  }
}

/** `[["account","1"],["entry","2"]]` as `account 1, entry 2`. */
const subjectsOf = (text: string): string =>
  readable(text, (pairs) => (pairs as string[][]).map((pair) => pair.join(' ')).join(', '));

/** A member a line. */
const inLines = (text: string): string => readable(text, (value) => JSON.stringify(value, null, 2));

function factsOf(answer: ReceiptAnswer): [string, string][] {
  const { verdict, receipt: shown, signedAtMs, fingerprint } = answer;
  // What does not verify is not shown as if it said something.
  if (shown === null || verdict === 'not-verified') return [];
  const { record, detail, vaultId, epoch, inclusion } = shown;
  return [
    ['What happened', record.kind],
    ['Who', record.actor],
    ['When', new Date(record.recordedAtMs).toISOString()],
    ['Record', `${record.seq} of ${inclusion.treeSize}`],
    ...approvalFacts(answer),
    ['About', subjectsOf(record.subjects)],
    ['Vault', `${vaultId}, epoch ${epoch}`],
    ['Signed', signedAtMs === null ? '' : new Date(signedAtMs).toISOString()],
    ...witnessFacts(answer),
    ['Fingerprint', fingerprint ?? ''],
    ['Detail', detail === null ? 'erased; its commitment stands in the record' : inLines(detail.text)],
  ];
}

/** What a receipt or a transcript comes to. */
interface Shown {
  readonly verdict: keyof typeof TITLES;
  readonly reason: string;
  readonly facts: readonly (readonly [string, string])[];
}

function show(answer: Shown, tookMs: number): void {
  const place = element('answer');
  place.dataset.verdict = answer.verdict;
  place.dataset.tookMs = tookMs.toFixed(2);
  const title = document.createElement('strong');
  title.textContent = TITLES[answer.verdict];
  place.replaceChildren(title, answer.reason);
  element('facts').replaceChildren(
    ...answer.facts.flatMap(([name, text]) => {
      const term = document.createElement('dt');
      const value = document.createElement('dd');
      term.textContent = name;
      value.textContent = text;
      return [term, value];
    }),
  );
}

function check(): void {
  if (receipt === undefined) return;
  const startMs = performance.now();
  if (isTranscript(receipt)) {
    const checked = checkTranscript(receipt);
    const verdict = checked.verified ? 'verified' : 'not-verified';
    show({ verdict, reason: checked.reason, facts: transcriptFacts(checked) }, performance.now() - startMs);
    return;
  }
  const typed = input('fingerprint').value.trim();
  const answer = verifyReceipt(receipt, primitives, typed === '' ? trustFile : typed);
  show({ ...answer, facts: factsOf(answer) }, performance.now() - startMs);
}

/** A file that is dropped says itself what it is. */
async function take(files: Iterable<File>, as?: 'receipt' | 'trust'): Promise<void> {
  for (const file of files) {
    const text = await file.text();
    if (as === 'trust' || (as === undefined && text.includes('"countersign trust v1"'))) trustFile = text;
    else receipt = text;
  }
  check();
}

input('receipt').addEventListener('change', (event) => {
  void take((event.currentTarget as HTMLInputElement).files ?? [], 'receipt');
});
input('trust').addEventListener('change', (event) => {
  trustFile = undefined;
  void take((event.currentTarget as HTMLInputElement).files ?? [], 'trust');
});
input('fingerprint').addEventListener('input', check);
document.addEventListener('dragover', (event) => {
  event.preventDefault();
  document.body.classList.add('over');
});
document.addEventListener('dragleave', () => document.body.classList.remove('over'));
document.addEventListener('drop', (event) => {
  event.preventDefault();
  document.body.classList.remove('over');
  void take(event.dataTransfer?.files ?? []);
});
document.querySelector('form')!.addEventListener('submit', (event) => event.preventDefault());
