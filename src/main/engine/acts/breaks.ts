import type { RenderedLine } from '../../../contract/approvals.ts';
import type {
  BreakDetail,
  BreakKind,
  BreakReason,
  breaks as breaksContract,
} from '../../../contract/breaks.ts';
import type { Account } from '../../../contract/ledger.ts';
import type { Act } from '../../approvals/index.ts';
import type { Breaks } from '../../breaks/index.ts';
import type { Ledger } from '../../ledger/index.ts';
import type { InputOf } from './input.ts';
import { amount, attempt, line, rendered, sided, told } from './lines.ts';

type WriteOff = InputOf<typeof breaksContract.writeOff>;
type Undo = InputOf<typeof breaksContract.undoWriteOff>;

interface Rooms {
  readonly breaks: Breaks;
  readonly ledger: Ledger;
}

const size = (amountMinor: bigint): bigint => (amountMinor < 0n ? -amountMinor : amountMinor);

const KINDS: Readonly<Record<BreakKind, string>> = {
  opening: 'Opening balance',
  gap: 'Statement gap',
  difference: 'Statement difference',
  unmatched: 'Unmatched line',
  'pre-post': 'Overdue pre-posting',
  books: 'Books and bank',
};

const REASONS: Readonly<Record<BreakReason, string>> = {
  timing: 'timing',
  'opening-balance': 'opening balance',
  'bank-error': 'bank error',
  'missing-remittance': 'missing remittance',
  duplicate: 'duplicate',
  fee: 'fee',
  fx: 'exchange difference',
  'fraud-suspected': 'fraud suspected',
  unknown: 'unknown',
};

/** What the break is, whoever is on the other side of it: that stands behind its source. */
const breakLines = ({ id, kind, amountMinor, currency, sinceDate }: BreakDetail): RenderedLine[] => [
  told('Break', id),
  told('Kind', KINDS[kind]),
  told('Amount', amount(amountMinor, currency)),
  told('Stands since', sinceDate),
];

const sourcesOf = ({ id, source }: BreakDetail) => [
  { label: 'Break', to: `/breaks?item=${id}&status=all` },
  ...(source.kind === 'statement' ? [{ label: 'Statement', to: `/statements/${source.id}` }] : []),
  ...(source.kind === 'bank-transaction'
    ? [{ label: 'Bank transaction', to: `/transactions/${source.id}` }]
    : []),
];

const named = ({ code, name }: Pick<Account, 'code' | 'name'>) => `${code} ${name}`;

/** The balance of an account now, and with what is posted to it. */
function balanceLine(
  ledger: Ledger,
  accountId: bigint | undefined,
  role: string,
  minor: bigint,
  currency: string,
) {
  const account = ledger.accounts().find(({ id }) => id === accountId?.toString());
  const before = accountId === undefined ? 0n : ledger.balanceMinor(accountId);
  const label = account === undefined ? `${role} ${currency}, a new account` : named(account);
  return line(`Balance ${label}`, sided(before, currency), sided(before + minor, currency));
}

const writeOff = ({ breaks, ledger }: Rooms): Act => ({
  facts(input) {
    const { amountMinor, currency } = input as WriteOff;
    return { amounts: [{ amountMinor: size(amountMinor), currency }], count: 1 };
  },
  render(input) {
    const given = input as WriteOff;
    const { id, amountMinor, currency, reason, note } = given;
    const title = 'Write off a break';
    const { value: found, refusal } = attempt(() => breaks.get(id));
    const said = [
      told('Written off', amount(amountMinor, currency)),
      told('Reason', REASONS[reason]),
      told('Note', note),
    ];
    if (found === undefined) return rendered({ title, lines: said, obstacle: refusal });
    const { value: plan, refusal: obstacle } = attempt(() => breaks.plan(given));
    const moves =
      plan === undefined
        ? []
        : ([
            [plan.holding.role, -plan.holding.amountMinor],
            [plan.to, plan.holding.amountMinor],
          ] as const);
    return rendered({
      title,
      lines: [
        ...said,
        ...breakLines(found),
        ...moves.map(([role, minor]) =>
          balanceLine(ledger, ledger.knownRoleAccount(role, currency), role, minor, currency),
        ),
      ],
      sources: sourcesOf(found),
      obstacle,
    });
  },
});

const undoWriteOff = ({ breaks }: Rooms): Act => ({
  facts(input) {
    const found = attempt(() => breaks.get((input as Undo).id)).value;
    if (found === undefined) return { amounts: [], count: 1 };
    return { amounts: [{ amountMinor: size(found.amountMinor), currency: found.currency }], count: 1 };
  },
  render(input) {
    const { id, note } = input as Undo;
    const title = 'Take back a write-off';
    const { value: found, refusal } = attempt(() => breaks.get(id));
    if (found === undefined) {
      return rendered({ title, lines: [told('Break', id), told('Note', note)], obstacle: refusal });
    }
    const { writeOff: standing, causeGone } = found;
    return rendered({
      title,
      lines: [
        line('State', 'written off', causeGone ? 'closed, its cause has vanished' : 'open again'),
        ...breakLines(found),
        told('Note', note),
      ],
      sources: [
        ...sourcesOf(found),
        ...(standing === null ? [] : [{ label: 'Journal entry', to: `/ledger/entries/${standing.entryId}` }]),
      ],
      obstacle: standing === null ? 'The break is not written off.' : null,
    });
  },
});

/** What is given up of what does not fit. */
export const breaksActs = (rooms: Rooms): Readonly<Record<string, Act>> => ({
  'breaks.writeOff': writeOff(rooms),
  'breaks.undoWriteOff': undoWriteOff(rooms),
});
