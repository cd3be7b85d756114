import { formatAmount } from '../../../contract/money.ts';
import { writeQuote } from '../../../contract/rates.ts';
import type { MatchLine } from '../../../contract/reconciliation.ts';
import type { Client } from '../shared/client.ts';
import { approvalsCommand } from './approvals.ts';
import type { Arguments } from './arguments.ts';
import { auditCommand } from './audit.ts';
import { backupCommand } from './backup.ts';
import { breaksCommand, proofCommand } from './breaks.ts';
import { callProcedure } from './call.ts';
import { ceremonyCommand } from './ceremonies.ts';
import { EXIT } from './exit-codes.ts';
import { feedCommand } from './feed.ts';
import { hsmCommand } from './hsm.ts';
import { type ImportLine, importFiles } from './import.ts';
import { inventoryCommand } from './inventory.ts';
import { keysCommand } from './keys.ts';
import { learnedCommand } from './learned.ts';
import { operatorsCommand } from './operators.ts';
import { printable, table, toJson } from './output.ts';
import type { PassphraseSource } from './passphrase.ts';
import { policiesCommand } from './policies.ts';
import { privacyCommand } from './privacy.ts';
import { rulesCommand } from './rules.ts';
import { sealCommand, unsealCommand } from './seal.ts';
import { slotsCommand } from './slots.ts';
import { heartbeatCommand, incidentsCommand } from './vigil.ts';

/** What a command has to say: the value for programs, the text for people, the exit code. */
export interface Answer {
  readonly json: unknown;
  readonly text: string;
  readonly exitCode: number;
}

type Command = (
  client: Client,
  args: Arguments,
  signal: AbortSignal,
  passphrases: PassphraseSource,
) => Promise<Answer>;

const PAGE_ROWS = 500;

const importCommand: Command = async (client, args, signal) => {
  const files = await importFiles(client, args.operands, {
    signal,
    acceptDifference: args.acceptDifference,
  });
  const isRefused = files.some((file) => file.outcome === 'refused');
  return { json: { files }, text: importText(files), exitCode: isRefused ? EXIT.refused : EXIT.done };
};

function importText(files: readonly ImportLine[]): string {
  const rows = table<ImportLine>(
    [
      { title: 'file', text: (file) => file.file },
      { title: 'type', text: (file) => file.type },
      { title: 'outcome', text: (file) => file.outcome },
      { title: 'statements', align: 'right', text: (file) => String(file.statements) },
      { title: 'lines', align: 'right', text: (file) => String(file.transactions) },
    ],
    files,
  );
  const notes = files.flatMap((file) => [
    ...(file.code === undefined ? [] : [`${file.file}: ${file.code}: ${file.message ?? ''}`]),
    ...file.warnings.map((warning) => `${file.file}: ${warning}`),
  ]);
  return [rows, ...notes.map(printable)].join('\n');
}

const matchCommand: Command = async (client) => {
  const result = await client.reconciliation.run();
  const text =
    `${result.considered} considered: ${result.matched} matched, ${result.suggested} suggested, ` +
    `${result.unmatched} unmatched (${(result.durationMs / 1000).toFixed(1)} s)`;
  return { json: result, text, exitCode: EXIT.done };
};

const matchesCommand: Command = async (client, _args, signal) => {
  const matches: MatchLine[] = [];
  let cursor: string | null = null;
  do {
    signal.throwIfAborted();
    const page: { rows: MatchLine[]; nextCursor: string | null } = await client.reconciliation.matches({
      limit: PAGE_ROWS,
      ...(cursor === null ? {} : { cursor }),
    });
    matches.push(...page.rows);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return { json: { matches }, text: matchesText(matches), exitCode: EXIT.done };
};

/** What a line pays; with currency and rate where that is another than the line's. */
function paysText({ items, currency, exchange }: MatchLine): string {
  const other = exchange === undefined ? [] : [exchange.currency];
  const pays = items.map((item) => [item.invoiceNumber, item.allocated, ...other].join(' '));
  const rate = exchange && writeQuote(exchange, [exchange.currency, currency]);
  return rate ? `${pays.join(', ')} (${rate})` : pays.join(', ');
}

function matchesText(matches: readonly MatchLine[]): string {
  if (matches.length === 0) return 'No bank transactions yet. Import a statement: countersign import FILE';
  return table<MatchLine>(
    [
      { title: 'id', align: 'right', text: (match) => match.bankTransactionId },
      { title: 'reference', text: (match) => match.accountServicerReference ?? match.endToEndId ?? '' },
      {
        title: 'amount',
        align: 'right',
        text: (match) => (match.direction === 'debit' ? '-' : '') + match.amount,
      },
      { title: 'cur', text: (match) => match.currency },
      { title: 'status', text: (match) => match.status },
      { title: 'p', align: 'right', text: (match) => match.probability?.toFixed(2) ?? '' },
      { title: 'rivals', align: 'right', text: (match) => String(match.rivals) },
      {
        title: 'pays',
        text: paysText,
      },
    ],
    matches,
  );
}

const trialBalanceCommand: Command = async (client, args) => {
  const balance = await client.ledger.trialBalance({
    ...(args.asOf === undefined ? {} : { asOf: args.asOf }),
    ...(args.knownAt === undefined ? {} : { knownAt: args.knownAt }),
  });
  const rows = [
    ...balance.rows,
    ...balance.totals.map((total) => ({
      ...total,
      code: '',
      name: 'Total',
      balanceMinor: total.debitMinor - total.creditMinor,
    })),
  ];
  const text = table(
    [
      { title: 'code', text: (row) => row.code },
      { title: 'account', text: (row) => row.name },
      { title: 'cur', text: (row) => row.currency },
      { title: 'debit', align: 'right', text: (row) => formatAmount(row.debitMinor, row.currency) },
      { title: 'credit', align: 'right', text: (row) => formatAmount(row.creditMinor, row.currency) },
      { title: 'balance', align: 'right', text: (row) => formatAmount(row.balanceMinor, row.currency) },
    ],
    rows,
  );
  const verdict = balance.balanced ? 'balanced' : 'NOT BALANCED';
  return {
    json: balance,
    text: `${text}\n${verdict}`,
    exitCode: balance.balanced ? EXIT.done : EXIT.notVerified,
  };
};

const verifyCommand: Command = async (client) => {
  const [books, file] = [await client.system.verify(), await client.vault.verify()];
  const checks = [
    ...books.checks,
    {
      name: 'vault.file',
      ok: file.ok,
      examined: 1,
      findings: file.findings.map((finding) => `${finding.code}: ${finding.message}`),
    },
  ];
  const verified = books.verified && file.ok;
  const rows = table(
    [
      { title: 'check', text: (check) => check.name },
      { title: 'examined', align: 'right', text: (check) => String(check.examined) },
      { title: 'outcome', text: (check) => (check.ok ? 'holds' : 'BROKEN') },
    ],
    checks,
  );
  const findings = checks.flatMap((check) => check.findings.map((finding) => `${check.name}: ${finding}`));
  return {
    json: { verified, checks, durationMs: books.durationMs + file.durationMs },
    text: [rows, ...findings.map(printable), verified ? 'verified' : 'NOT VERIFIED'].join('\n'),
    exitCode: verified ? EXIT.done : EXIT.notVerified,
  };
};

const metricsCommand: Command = async (client) => {
  const metrics = await client.system.metrics();
  return { json: { metrics }, text: metrics.trimEnd(), exitCode: EXIT.done };
};

const demoCommand: Command = async (client, args, signal) => {
  if (args.operands.length > 0) {
    const { fourEyesCommand } = await import('./four-eyes.ts');
    return fourEyesCommand(client, args, signal);
  }
  const counts = await client.system.demo();
  const { imported, matched, suggested, unmatched, posted, verified } = counts;
  const text =
    `${imported} bank transactions taken in: ${matched} matched, ${suggested} suggested, ${unmatched} unmatched.\n` +
    `${posted} journal entries posted; books and log ${verified ? 'verify' : 'DO NOT VERIFY'}.`;
  const { people } = await client.session.peopleOfDemo();
  const { demoPeopleLines } = await import('../../engine/index.ts');
  return {
    json: { imported, matched, suggested, unmatched, posted, verified },
    text: [text, ...demoPeopleLines(people)].join('\n'),
    exitCode: verified ? EXIT.done : EXIT.notVerified,
  };
};

const callCommand: Command = async (client, args, signal) => {
  const [procedure, input] = args.operands;
  const result = await callProcedure(client, procedure!, input);
  if (result !== null && typeof result === 'object' && Symbol.asyncIterator in result) {
    return followEvents(result as AsyncIterable<unknown>, signal);
  }
  return { json: result, text: toJson(result) ?? '', exitCode: EXIT.done };
};

/** A procedure that never ends prints each event as it comes, until Ctrl-C. */
async function followEvents(events: AsyncIterable<unknown>, signal: AbortSignal): Promise<Answer> {
  const aborted = new Promise<'aborted'>((resolve) => {
    signal.addEventListener('abort', () => resolve('aborted'), { once: true });
  });
  const iterator = events[Symbol.asyncIterator]();
  for (;;) {
    const next = await Promise.race([iterator.next(), aborted]);
    if (next === 'aborted' || next.done) break;
    process.stdout.write(`${toJson(next.value)}\n`);
  }
  signal.throwIfAborted();
  return { json: undefined, text: '', exitCode: EXIT.done };
}

/** Every command but `serve`, which is a door of its own, and what takes no vault at all. */
export const commands: Readonly<
  Record<Exclude<Arguments['command'], 'bench' | 'serve' | 'verify-ceremony'>, Command>
> = {
  import: importCommand,
  match: matchCommand,
  matches: matchesCommand,
  rules: rulesCommand,
  learned: learnedCommand,
  breaks: breaksCommand,
  proof: proofCommand,
  'trial-balance': trialBalanceCommand,
  verify: verifyCommand,
  metrics: metricsCommand,
  incidents: incidentsCommand,
  heartbeat: heartbeatCommand,
  seal: sealCommand,
  unseal: unsealCommand,
  inventory: inventoryCommand,
  backup: backupCommand,
  slots: slotsCommand,
  hsm: hsmCommand,
  keys: keysCommand,
  operators: operatorsCommand,
  audit: auditCommand,
  approvals: approvalsCommand,
  policies: policiesCommand,
  privacy: privacyCommand,
  ceremony: ceremonyCommand,
  demo: demoCommand,
  feed: feedCommand,
  call: callCommand,
};
