/** Every path of the console, spelled once. Links to a thing are made here and nowhere else. */

import { type InstantQuery, writeQuery } from '../instant/query.ts';

type Query = Readonly<Record<string, string | undefined>>;

function path(base: string, query: Query = {}): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return given.length === 0 ? base : `${base}?${new URLSearchParams(given)}`;
}

const part = encodeURIComponent;

interface KeysQuery {
  readonly show?: string;
  readonly view?: string | undefined;
  readonly type?: string | undefined;
  readonly state?: string | undefined;
  readonly purpose?: string | undefined;
  readonly item?: string | undefined;
}

interface ApprovalsQuery {
  readonly box?: string | undefined;
  readonly state?: string | undefined;
  readonly policy?: string | undefined;
  readonly procedure?: string | undefined;
  readonly maker?: string | undefined;
  readonly item?: string | undefined;
}

interface BreaksQuery {
  readonly status?: string | undefined;
  readonly kind?: string | undefined;
  readonly age?: string | undefined;
  readonly owner?: string | undefined;
  readonly currency?: string | undefined;
  readonly text?: string | undefined;
  readonly item?: string | undefined;
}

/** What is to do is what is shown where nothing is said. */
const shownBreaks = ({ status, text, ...rest }: BreaksQuery): Query => ({
  status: status === 'to-do' ? undefined : status,
  text: text === '' ? undefined : text,
  ...rest,
});

/** All keys are what is shown where nothing is said. */
const shownKeys = ({ show, ...rest }: KeysQuery): Query => ({
  show: show === 'all' ? undefined : show,
  ...rest,
});

export const places = {
  dashboard: () => '/',
  reconciliation: (
    query: {
      status?: string | undefined;
      item?: string | undefined;
      text?: string | undefined;
      direction?: string | undefined;
      currency?: string | undefined;
      least?: string | undefined;
    } = {},
  ) => path('/reconciliation', query),
  rules: (query: { rule?: string } = {}) => path('/rules', query),
  breaks: (query: BreaksQuery = {}) => path('/breaks', shownBreaks(query)),
  /** Every bank account on one day. */
  proofs: (date?: string) => path('/proof', { date }),
  /** One bank account on one day: the ledger against the bank. */
  proof: (bankAccountId: string, date?: string) => path(`/proof/${part(bankAccountId)}`, { date }),
  statements: () => '/statements',
  statement: (id: string) => `/statements/${part(id)}`,
  imports: () => '/statements/imports',
  /** Opens the picker of files on arrival. */
  importFiles: () => '/statements/imports?pick=1',
  transaction: (id: string, field?: string) => path(`/transactions/${part(id)}`, { field }),
  /** Payments of instant rails, narrowed to what a figure counts. */
  instant: (query: Partial<InstantQuery> = {}) => path('/instant', writeQuery(query)),
  /** A single message as it came, and the payments it told of. */
  instantMessage: (number: string) => `/instant/messages/${part(number)}`,
  bankAccount: (id: string) => `/bank-accounts/${part(id)}`,
  bankAccountDay: (id: string, date: string) => path(`/bank-accounts/${part(id)}`, { date }),
  openItems: (query: { bucket?: string; state?: string; customerId?: string; text?: string } = {}) =>
    path('/receivables', query),
  openItem: (id: string) => `/receivables/items/${part(id)}`,
  customers: (query: { text?: string } = {}) => path('/receivables/customers', query),
  /** What the engine learned of people's decisions, of one customer or of all. */
  learned: (query: { customerId?: string } = {}) => path('/receivables/learned', query),
  ledger: (query: { asOf?: string; knownAt?: string } = {}) => path('/ledger', query),
  /** An account's statement: its lines with the running balance. */
  account: (id: string, query: { from?: string; to?: string; knownAt?: string } = {}) =>
    path(`/ledger/accounts/${part(id)}`, query),
  journal: (query: { accountId?: string; reason?: string } = {}) => path('/ledger/journal', query),
  /** The point is that of the figure one came from; the way back keeps it. */
  entry: (id: string, query: { asOf?: string; knownAt?: string } = {}) =>
    path(`/ledger/entries/${part(id)}`, query),
  trialBalance: (query: { asOf?: string; knownAt?: string } = {}) => path('/ledger/trial-balance', query),
  audit: (
    query: {
      kind?: string;
      actor?: string;
      subjectKind?: string;
      subjectId?: string;
      from?: string;
      to?: string;
    } = {},
  ) => path('/audit', query),
  backup: () => '/backup',
  auditHeads: () => '/audit/heads',
  auditReplay: (query: { at?: string } = {}) => path('/audit/replay', query),
  auditRecord: (seq: bigint | string) => `/audit/${seq}`,
  evidence: (query: { state?: string | undefined; item?: string | undefined } = {}) =>
    path('/evidence', query),
  inventory: () => '/inventory',
  incidents: (query: { state?: string; item?: string } = {}) => path('/incidents', query),
  approvals: (query: ApprovalsQuery = {}) =>
    path('/approvals', { ...query, box: query.box === 'to-answer' ? undefined : query.box }),
  delegations: () => '/approvals/delegations',
  /** A request that was carried here from another workstation. */
  answerPacket: () => '/approvals/packet',
  policies: (query: { policy?: string | undefined; view?: string | undefined } = {}) =>
    path('/policies', query),
  simulator: (query: { procedure?: string | undefined } = {}) => path('/policies/simulator', query),
  slots: () => '/slots',
  connectors: (query: { view?: string } = {}) => path('/connectors', query),
  hsm: () => '/hsm',
  ceremonies: () => '/ceremonies',
  ceremony: (id: string) => `/ceremonies/${part(id)}`,
  operators: () => '/operators',
  privacy: (query: { view?: string } = {}) => path('/privacy', query),
  heartbeat: (query: { source?: string } = {}) => path('/heartbeat', query),
  /** The inventory of keys; `show` is `due` for what must be replaced now. */
  keys: (query: KeysQuery = {}) => path('/keys', shownKeys(query)),
  key: (id: string) => `/keys/${part(id)}`,
} as const;

/** Where something that an entry, a record or a search names lies; null where it has no screen. */
export function placeOf(thing: { readonly kind: string; readonly id: string }): string | null {
  switch (thing.kind) {
    case 'bank-transaction':
      return places.transaction(thing.id);
    case 'match':
      return places.reconciliation({ item: thing.id });
    case 'open-item':
      return places.openItem(thing.id);
    case 'customer':
      return places.openItems({ customerId: thing.id });
    case 'statement':
      return places.statement(thing.id);
    case 'bank-account':
      return places.bankAccount(thing.id);
    case 'entry':
    case 'journal-entry':
      return places.entry(thing.id);
    case 'account':
      return places.account(thing.id);
    case 'evidence':
      return places.evidence({ item: thing.id });
    case 'audit-record':
      return places.auditRecord(thing.id);
    case 'key':
      return places.key(thing.id);
    case 'incident':
      return places.incidents({ state: 'all', item: thing.id });
    case 'hold':
      return places.privacy({ view: 'holds' });
    case 'privacy-search':
      return places.privacy({ view: 'erase' });
    case 'hsm-token':
    case 'hsm-key':
    case 'hsm-run':
      return places.hsm();
    case 'connector':
      return places.connectors();
    case 'dead-letter':
      return places.connectors({ view: 'dead-letters' });
    case 'ceremony':
      return places.ceremony(thing.id);
    case 'ceremony-key':
      return places.ceremonies();
    case 'operator':
      return places.operators();
    case 'rule':
      return places.rules({ rule: thing.id });
    case 'break':
      return places.breaks({ status: 'all', item: thing.id });
    case 'approval':
      return places.approvals({ box: 'all', item: thing.id });
    case 'delegation':
      return places.delegations();
    case 'policy':
      return places.policies({ policy: thing.id });
    case 'key-slot':
      return places.slots();
    case 'import':
      return places.imports();
    default:
      return null;
  }
}
